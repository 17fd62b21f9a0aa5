/**
 * Walks the graphs of an ONNX file, with those inside nodes: every tensor in them is checked against its own bytes,
 * since ONNX Runtime is to be given none that it must trust. Knows onnx.proto; knows no files.
 */

import { typeName } from '../dtypes.js';
import { type HeaderValue, readValueInfo } from './value-info.js';
import { Malformed, type WireReader } from './wire-reader.js';

/** Graphs in nodes of graphs: more than any model has. */
const MAX_DEPTH = 32;

const BYTES_OF: Readonly<Record<string, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  complex64: 8,
  complex128: 16,
  bfloat16: 2,
  float8e4m3fn: 1,
  float8e4m3fnuz: 1,
  float8e5m2: 1,
  float8e5m2fnuz: 1,
};

/** Weights that are in another file. */
export interface ExternalWeights {
  readonly tensor: string;
  /** As the model writes it: a path beside the model. */
  readonly location: string;
  readonly offset: number;
  /** Undefined: to the end of the file. */
  readonly length: number | undefined;
}

/** What a graph takes and gives. */
export interface GraphEnds {
  readonly inputs: readonly HeaderValue[];
  readonly outputs: readonly HeaderValue[];
}

export class Graphs {
  readonly external: ExternalWeights[] = [];
  /** The first tensor that is wrong, in one line. */
  problem: string | undefined;

  /** `GraphProto`. */
  walkGraph(reader: WireReader, depth = 0): GraphEnds {
    if (depth > MAX_DEPTH) throw new Malformed('its graphs are too deep');
    const inputs: HeaderValue[] = [];
    const outputs: HeaderValue[] = [];
    const weights = new Set<string>();
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) this.#walkNode(reader.message(), depth);
      else if (field === 5) weights.add(this.#readTensor(reader.message()));
      else if (field === 11) inputs.push(readValueInfo(reader.message()));
      else if (field === 12) outputs.push(readValueInfo(reader.message()));
      else if (field === 15) this.#walkSparse(reader.message());
      else reader.skip();
    }
    // Files of before IR version 4 list weights among the inputs too.
    return { inputs: inputs.filter(({ name }) => !weights.has(name)), outputs };
  }

  /** `FunctionProto`. */
  walkFunction(reader: WireReader): void {
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 7) this.#walkNode(reader.message(), 0);
      else if (field === 11) this.#walkAttribute(reader.message(), 0);
      else reader.skip();
    }
  }

  /** `NodeProto`. */
  #walkNode(reader: WireReader, depth: number): void {
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 5) this.#walkAttribute(reader.message(), depth);
      else reader.skip();
    }
  }

  /** `AttributeProto`. */
  #walkAttribute(reader: WireReader, depth: number): void {
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 5 || field === 10) this.#readTensor(reader.message());
      else if (field === 6 || field === 11) this.walkGraph(reader.message(), depth + 1);
      else if (field === 22 || field === 23) this.#walkSparse(reader.message());
      else reader.skip();
    }
  }

  /** `SparseTensorProto`. */
  #walkSparse(reader: WireReader): void {
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1 || field === 2) this.#readTensor(reader.message());
      else reader.skip();
    }
  }

  /** `TensorProto`; returns its name. */
  #readTensor(reader: WireReader): string {
    let name = '';
    let type = 0;
    let isExternal = false;
    let stored: number | undefined;
    let listed = 0;
    const dims: number[] = [];
    const entries = new Map<string, string>();
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) for (const size of reader.numbers()) dims.push(size);
      else if (field === 2) type = reader.number();
      else if (field === 8) name = reader.text();
      else if (field === 9) stored = reader.bytes().length;
      else if (field === 13) entries.set(...readEntry(reader.message()));
      else if (field === 14) isExternal = reader.number() === 1;
      // Elements in a list of their own take a byte each, at the least.
      else listed += reader.skip();
    }
    const elements = dims.reduce((product, size) => (size < 0 ? Number.NaN : product * size), 1);
    const each = BYTES_OF[typeName(type)];
    const shown = `weights "${name}" of shape [${dims.slice(0, 8).join(', ')}]`;
    if (!Number.isSafeInteger(elements)) this.problem ??= `its ${shown} are damaged`;
    else if (isExternal) this.#addExternal(name, entries, each === undefined ? undefined : elements * each);
    else if (stored !== undefined && each !== undefined && stored !== elements * each)
      this.problem ??= `its ${shown} have ${stored} bytes, expected ${elements * each}`;
    // Types of less than a byte hold up to eight in one.
    else if (elements > 8 * ((stored ?? 0) + listed)) this.problem ??= `its ${shown} are not in it`;
    return name;
  }

  #addExternal(tensor: string, entries: ReadonlyMap<string, string>, bytes: number | undefined): void {
    const location = entries.get('location') ?? '';
    const offset = Number(entries.get('offset') ?? 0);
    const length = entries.has('length') ? Number(entries.get('length')) : bytes;
    const isFit = Number.isSafeInteger(offset) && offset >= 0 && (length === undefined || Number.isSafeInteger(length));
    if (location === '' || !isFit || (bytes !== undefined && length !== bytes))
      this.problem ??= `its weights "${tensor}", which are in another file, are damaged`;
    this.external.push({ tensor, location, offset, length });
  }
}

/** `StringStringEntryProto`. */
function readEntry(reader: WireReader): [string, string] {
  let [key, value] = ['', ''];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.text();
    else if (field === 2) value = reader.text();
    else reader.skip();
  }
  return [key, value];
}
