/**
 * Counts the rows of a request's `input` against a model's input specs and checks its outer form. Elements are checked
 * later, when a row is written (row-writer.ts). Does not copy the request and never throws.
 */

import { wireError } from './errors.js';
import { type HubLimits, MAX_RANK } from './limits.js';
import { describe, invalid, isRecord, type Parsed } from './parse.js';
import {
  BYTES_PER_ELEMENT,
  bytesOf,
  elementCount,
  formatShape,
  type InputSpec,
  isBytes,
  isDType,
  newTensorArray,
  type TensorArray,
  type TensorSpec,
} from './tensor.js';

/** The limits an input must respect. */
export type InputLimits = Pick<HubLimits, 'maxRequestRows' | 'maxTextLength'>;

/** The part of a model that input checking needs; `ref` (`name@version`) appears in messages. */
export interface InputModel {
  readonly ref: string;
  readonly inputs: readonly InputSpec[];
}

/** An input with its rows counted: one part per model input, in the model's order. */
export interface MeasuredInput {
  readonly rows: number;
  /** True when the caller sent a batch; the answer is then a batch too. */
  readonly batched: boolean;
  readonly parts: readonly InputPart[];
}

/** One tensor of a request: nested numbers (`value[row]`, or `value` itself), elements as bytes, or texts. */
export type InputPart =
  | {
      readonly kind: 'nested';
      readonly spec: TensorSpec;
      /** Path of the value in the request, for messages. */
      readonly path: string;
      readonly value: readonly unknown[];
      readonly rows: number;
      readonly batched: boolean;
    }
  | {
      readonly kind: 'binary';
      readonly spec: TensorSpec;
      readonly path: string;
      readonly elements: TensorArray;
      readonly rows: number;
      readonly batched: boolean;
    }
  | { readonly kind: 'text'; readonly value: readonly string[]; readonly rows: number; readonly batched: boolean };

/**
 * Counts the rows of an input and checks its outer form; `writeRow` checks the elements. Never throws: a bad input
 * yields an INVALID_INPUT or TOO_LARGE error.
 */
export function measureInput(input: unknown, model: InputModel, limits: InputLimits): Parsed<MeasuredInput> {
  const measured = model.inputs.length === 1 ? measureOne(input, model, limits) : measureNamed(input, model, limits);
  if (!measured.ok) return measured;
  const { rows } = measured.value;
  if (rows === 0) return invalid(`input is empty; ${model.ref} expects ${expectation(model)}`);
  if (rows > limits.maxRequestRows) {
    return {
      ok: false,
      error: wireError('TOO_LARGE', `input has ${rows} rows, one request may have ${limits.maxRequestRows}; split it`),
    };
  }
  return measured;
}

function measureOne(input: unknown, model: InputModel, limits: InputLimits): Parsed<MeasuredInput> {
  const spec = model.inputs[0];
  if (spec === undefined) return invalid(`${model.ref} has no inputs`);
  let value = input;
  if (isRecord(input) && !isTagged(input)) {
    if (!Object.hasOwn(input, spec.name)) {
      return invalid(`input is an object without "${spec.name}"; ${model.ref} expects ${expectation(model)}`);
    }
    value = input[spec.name];
  }
  const part = measurePart(value, spec, 'input', model, limits);
  return part.ok
    ? { ok: true, value: { rows: part.value.rows, batched: part.value.batched, parts: [part.value] } }
    : part;
}

function measureNamed(input: unknown, model: InputModel, limits: InputLimits): Parsed<MeasuredInput> {
  const names = model.inputs.map((spec) => spec.name).join(', ');
  if (!isRecord(input)) return invalid(`input is ${describe(input)}; ${model.ref} expects an object with ${names}`);
  const parts: InputPart[] = [];
  for (const spec of model.inputs) {
    if (!Object.hasOwn(input, spec.name))
      return invalid(`input lacks "${spec.name}"; ${model.ref} expects an object with ${names}`);
    const part = measurePart(input[spec.name], spec, `input.${spec.name}`, model, limits);
    if (!part.ok) return part;
    const first = parts[0] ?? part.value;
    if (part.value.rows !== first.rows) {
      return invalid(
        `input.${spec.name} has ${part.value.rows} rows where input.${model.inputs[0]?.name} has ${first.rows}; give all inputs the same number of rows`,
      );
    }
    parts.push(part.value);
  }
  const decided = parts.filter((part) => !isEither(part));
  const batched = (decided[0] ?? parts[0])?.batched ?? false;
  if (decided.some((part) => part.batched !== batched))
    return invalid(`input has a batch for one name and one example for another; ${model.ref} expects all alike`);
  return { ok: true, value: { rows: parts[0]?.rows ?? 0, batched, parts } };
}

/** True for `[x]` when the input has shape `[1]`: one example or a flat batch of one; the other inputs decide. */
function isEither(part: InputPart): boolean {
  if (part.kind !== 'nested' || part.rows !== 1 || Array.isArray(part.value[0])) return false;
  return part.spec.shape.length === 1 && part.spec.shape[0] === 1;
}

function measurePart(
  value: unknown,
  spec: InputSpec,
  path: string,
  model: InputModel,
  limits: InputLimits,
): Parsed<InputPart> {
  if (spec.dtype === 'string') return measureText(value, path, model, limits);
  if (Array.isArray(value))
    return isBytes(value[0]) ? measureRowsOfBytes(value, spec, path, model) : measureNested(value, spec, path, model);
  if (isRecord(value) && isTagged(value)) return measureTagged(value, spec, path, model);
  if (isBytes(value)) return measureBare(value, spec, path, model);
  if (spec.shape.length === 0 && (typeof value === 'number' || typeof value === 'boolean')) {
    return { ok: true, value: { kind: 'nested', spec, path, value: [value], rows: 1, batched: false } };
  }
  return invalid(`${path} is ${describe(value)}; ${model.ref} expects ${expectation(model)}`);
}

function measureText(value: unknown, path: string, model: InputModel, limits: InputLimits): Parsed<InputPart> {
  const texts: unknown[] | undefined = typeof value === 'string' ? [value] : Array.isArray(value) ? value : undefined;
  if (texts === undefined)
    return invalid(`${path} is ${describe(value)}; ${model.ref} expects a string, or an array of strings`);
  // Long arrays are refused by their row count before their elements are looked at.
  const rows = texts.length;
  for (let row = 0; row < rows && rows <= limits.maxRequestRows; row++) {
    const text = texts[row];
    if (typeof text !== 'string') {
      return invalid(`${path}[${row}] is ${describe(text)}; ${model.ref} expects a string, or an array of strings`);
    }
    if (text.length > limits.maxTextLength) {
      const where = typeof value === 'string' ? path : `${path}[${row}]`;
      return {
        ok: false,
        error: wireError(
          'TOO_LARGE',
          `${where} has ${text.length} characters, a text may have ${limits.maxTextLength}`,
        ),
      };
    }
  }
  return {
    ok: true,
    value: { kind: 'text', value: texts as readonly string[], rows, batched: typeof value !== 'string' },
  };
}

function measureNested(
  value: readonly unknown[],
  spec: TensorSpec,
  path: string,
  model: InputModel,
): Parsed<InputPart> {
  const rank = depthOf(value);
  const expected = spec.shape.length;
  // Like tfjs: when examples have shape `[1]`, a flat array is a batch of them.
  const flatBatch = expected === 1 && spec.shape[0] === 1 && rank === 1;
  if (flatBatch || rank === expected + 1)
    return { ok: true, value: { kind: 'nested', spec, path, value, rows: value.length, batched: true } };
  if (rank === expected) {
    const empty = expected > 0 && value.length === 0;
    return { ok: true, value: { kind: 'nested', spec, path, value, rows: empty ? 0 : 1, batched: false } };
  }
  return invalid(
    `${path} has ${shapeText(value)}, ${model.ref} expects ${formatShape(spec.shape)} or a batch ${batchShape(spec)}`,
  );
}

function measureTagged(
  value: Record<string, unknown>,
  spec: TensorSpec,
  path: string,
  model: InputModel,
): Parsed<InputPart> {
  const { dtype, shape, data } = value;
  if (dtype !== 'uint8' && !isDType(dtype))
    return invalid(`${path}.dtype must be float32, int32, bool or uint8, got ${describe(dtype)}`);
  if (dtype !== spec.dtype && (dtype !== 'uint8' || spec.dtype === 'bool'))
    return invalid(`${path} has dtype ${dtype}, ${model.ref} expects ${spec.dtype}`);
  if (
    !Array.isArray(shape) ||
    shape.length > MAX_RANK ||
    !shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  ) {
    return invalid(`${path}.shape must be an array of at most ${MAX_RANK} integers >= 0, got ${describe(shape)}`);
  }
  if (!isBytes(data)) {
    return invalid(`${path}.data must be bytes (little-endian, row-major), got ${describe(data)}`);
  }
  const batched = sameShape(shape.slice(1), spec.shape) && shape.length === spec.shape.length + 1;
  if (!batched && !sameShape(shape, spec.shape)) {
    return invalid(
      `${path} has shape ${formatShape(shape)}, ${model.ref} expects ${formatShape(spec.shape)} or a batch ${batchShape(spec)}`,
    );
  }
  const bytes = elementCount(shape) * (dtype === 'uint8' ? 1 : BYTES_PER_ELEMENT[dtype]);
  if (data.byteLength !== bytes) {
    return invalid(`${path}.data has ${data.byteLength} bytes, shape ${formatShape(shape)} of ${dtype} needs ${bytes}`);
  }
  return {
    ok: true,
    value: {
      kind: 'binary',
      spec,
      path,
      elements: dtype === 'uint8' ? bytesOf(data) : elementsOf(data, spec),
      rows: batched ? Number(shape[0]) : 1,
      batched,
    },
  };
}

function measureBare(
  value: ArrayBufferView | ArrayBuffer,
  spec: TensorSpec,
  path: string,
  model: InputModel,
): Parsed<InputPart> {
  const advice = 'give its type and shape: { dtype, shape, data }, or over REST x-tensor-dtype and x-tensor-shape';
  const count = elementCount(spec.shape);
  // One byte an element can only be pixels; four could be pixels of four examples, and are read as float32.
  if (spec.dtype !== 'bool' && value.byteLength === count && isByteArray(value))
    return { ok: true, value: { kind: 'binary', spec, path, elements: bytesOf(value), rows: 1, batched: false } };
  if (spec.dtype !== 'float32')
    return invalid(`${path} is bare bytes, which are read as float32, ${model.ref} expects ${spec.dtype}; ${advice}`);
  if (ArrayBuffer.isView(value) && !(value instanceof Float32Array) && !isByteArray(value)) {
    return invalid(`${path} is a bare typed array that is not a Float32Array; ${advice}`);
  }
  const bytes = count * 4;
  if (value.byteLength !== bytes) {
    const isRgba = spec.shape.at(-1) === 3 && value.byteLength * 3 === count * 4;
    const hint = isRgba
      ? 'these are pixels with alpha, as a canvas gives them: leave out every fourth'
      : value.byteLength === count * 8
        ? 'these are eight bytes an element: float64 is not read, send a Float32Array'
        : `for a batch, ${advice}`;
    return invalid(
      `${path} has ${value.byteLength} bytes, one example of ${model.ref} has ${bytes} (float32 ${formatShape(spec.shape)}) or ${count} (uint8); ${hint}`,
    );
  }
  return {
    ok: true,
    value: { kind: 'binary', spec, path, elements: elementsOf(value, spec), rows: 1, batched: false },
  };
}

/** A batch as one typed array, or its bytes, per row: what clients make of `[Float32Array, Float32Array]`. */
function measureRowsOfBytes(
  value: readonly unknown[],
  spec: TensorSpec,
  path: string,
  model: InputModel,
): Parsed<InputPart> {
  const rows: TensorArray[] = [];
  for (const [row, bytes] of value.entries()) {
    if (!isBytes(bytes)) return invalid(`${path}[${row}] is ${describe(bytes)}, where ${path}[0] is bytes`);
    const part = measureBare(bytes, spec, `${path}[${row}]`, model);
    if (!part.ok || part.value.kind !== 'binary') return part;
    rows.push(part.value.elements);
  }
  // Only now: as much as was sent, and no more.
  const size = elementCount(spec.shape);
  const elements = newTensorArray(spec.dtype, rows.length * size);
  for (const [row, values] of rows.entries()) elements.set(values, row * size);
  return { ok: true, value: { kind: 'binary', spec, path, elements, rows: value.length, batched: true } };
}

function isTagged(value: Record<string, unknown>): boolean {
  return Object.hasOwn(value, 'data') && (Object.hasOwn(value, 'dtype') || Object.hasOwn(value, 'shape'));
}

/** Whatever holds bytes rather than elements of another type. */
function isByteArray(value: ArrayBufferView | ArrayBuffer): boolean {
  return (
    value instanceof ArrayBuffer ||
    value instanceof Uint8Array ||
    value instanceof Uint8ClampedArray ||
    value instanceof DataView
  );
}

/** The elements as a typed array. Bytes at an unaligned offset are copied, because no view of them is possible. */
function elementsOf(data: ArrayBufferView | ArrayBuffer, spec: TensorSpec): TensorArray {
  const bytes = bytesOf(data);
  if (spec.dtype === 'bool') return bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const length = aligned.byteLength / 4;
  return spec.dtype === 'float32'
    ? new Float32Array(aligned.buffer, aligned.byteOffset, length)
    : new Int32Array(aligned.buffer, aligned.byteOffset, length);
}

/** Nesting depth along the first elements, capped just above the deepest any model accepts. */
export function depthOf(value: unknown): number {
  let depth = 0;
  let inner = value;
  while (Array.isArray(inner) && depth <= MAX_RANK + 1) {
    depth += 1;
    inner = inner[0];
  }
  return depth;
}

function shapeText(value: unknown): string {
  const shape: number[] = [];
  let inner = value;
  while (Array.isArray(inner)) {
    if (shape.length > MAX_RANK) return `more than ${MAX_RANK} levels of nesting`;
    shape.push(inner.length);
    inner = inner[0];
  }
  return `shape ${formatShape(shape)}`;
}

function sameShape(a: readonly unknown[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function batchShape(spec: TensorSpec): string {
  return formatShape(spec.shape).replace(/^\[(?=.)/, spec.shape.length === 0 ? '[rows' : '[rows, ');
}

function expectation(model: InputModel): string {
  const spec = model.inputs[0];
  if (spec === undefined || model.inputs.length > 1)
    return `an object with ${model.inputs.map((input) => input.name).join(', ')}`;
  if (spec.dtype === 'string') return 'a string, or an array of strings';
  return `${spec.dtype} ${formatShape(spec.shape)} or a batch ${batchShape(spec)}`;
}
