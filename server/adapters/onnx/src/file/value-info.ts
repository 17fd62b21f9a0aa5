/** The declaration of an input or output in an ONNX file (`ValueInfoProto`). */

import { typeName } from '../dtypes.js';
import { Malformed, type WireReader } from './wire-reader.js';

/** The kind of a value whose file does not say it. */
export const NO_TYPE = 'value without a type';

/** A size; the name of an open one; undefined for an open one without a name. */
export type Dimension = number | string | undefined;

export interface HeaderValue {
  readonly name: string;
  readonly kind: 'tensor' | 'sequence' | 'map' | 'sparse tensor' | 'optional' | typeof NO_TYPE;
  /** Of a tensor: the type of its elements, as ONNX Runtime calls it. */
  readonly type: string;
  /** Of a tensor; undefined when the file does not say it. */
  readonly shape: readonly Dimension[] | undefined;
}

const MAX_DIMENSIONS = 64;

const UNKNOWN = { kind: NO_TYPE, type: 'undefined', shape: undefined } as const;

export function readValueInfo(reader: WireReader): HeaderValue {
  let name = '';
  let type: Omit<HeaderValue, 'name'> = UNKNOWN;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text();
    else if (field === 2) type = readType(reader.message());
    else reader.skip();
  }
  return { name, ...type };
}

/** `TypeProto`. */
function readType(reader: WireReader): Omit<HeaderValue, 'name'> {
  let type: Omit<HeaderValue, 'name'> = UNKNOWN;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) type = { kind: 'tensor', ...readTensorType(reader.message()) };
    else {
      const kind = ({ 4: 'sequence', 5: 'map', 8: 'sparse tensor', 9: 'optional' } as const)[field];
      if (kind !== undefined) type = { ...UNKNOWN, kind };
      reader.skip();
    }
  }
  return type;
}

/** `TypeProto.Tensor`. */
function readTensorType(reader: WireReader): Pick<HeaderValue, 'type' | 'shape'> {
  let type = 0;
  let shape: readonly Dimension[] | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) type = reader.number();
    else if (field === 2) shape = readShape(reader.message());
    else reader.skip();
  }
  return { type: typeName(type), shape };
}

/** `TensorShapeProto`. */
function readShape(reader: WireReader): readonly Dimension[] {
  const dimensions: Dimension[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) dimensions.push(readDimension(reader.message()));
    else reader.skip();
    if (dimensions.length > MAX_DIMENSIONS) throw new Malformed('a shape has too many dimensions');
  }
  return dimensions;
}

/** Some exporters write an open dimension as -1, or as a name without letters. */
function readDimension(reader: WireReader): Dimension {
  let dimension: Dimension;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) dimension = reader.number();
    else if (field === 2) dimension = reader.text();
    else reader.skip();
  }
  return dimension === '' || (typeof dimension === 'number' && dimension < 0) ? undefined : dimension;
}
