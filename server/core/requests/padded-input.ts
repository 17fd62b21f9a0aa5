/**
 * Pads the rows of an input along the first dimension to one of the sizes that a model allows, so that rows of different
 * length share batches. Knows the forms of inputs; the elements are checked afterwards, as those of any input.
 */

import { depthOf } from '../../../shared/input.js';
import { isRecord } from '../../../shared/parse.js';
import { bytesOf, elementCount, type InputSpec, isBytes, type TensorSpec } from '../../../shared/tensor.js';
import type { Padding } from '../../contracts/model.js';

export interface PaddedInput {
  /** The size of each row's first dimension, padding included. */
  readonly size: number;
  /** By name, the mask included. */
  readonly input: Record<string, unknown>;
}

/** The rows of one input, each with its own size. */
interface Rows {
  readonly values: readonly unknown[];
  readonly isBatch: boolean;
}

/**
 * Undefined when the form of the input is none that has rows: the check of inputs then says what is wrong. A text says
 * that itself.
 *
 * @param mostRows of more, none is padded: the check refuses them
 */
export function padInput(
  input: unknown,
  inputs: readonly InputSpec[],
  { sizes, value, mask }: Padding,
  mostRows: number,
): PaddedInput | string | undefined {
  const padded: Record<string, unknown> = {};
  let lengths: readonly number[] = [];
  let isBatch = false;
  const given = inputs.filter(({ name }) => name !== mask?.name);
  const open = given.flatMap((spec) => (spec.dtype !== 'string' && spec.shape[0] === -1 ? [spec] : []));
  const found = new Map<string, Rows>();
  for (const spec of open) {
    const rows = rowsOf(givenFor(input, spec, given.length), spec);
    if (rows === undefined || rows.values.length > mostRows) return undefined;
    found.set(spec.name, rows);
    const own = rows.values.map((row) => (row as { readonly length: number }).length);
    const row = lengths.length === 0 ? -1 : own.findIndex((length, at) => length !== lengths[at]);
    if (row >= 0)
      return `input.${spec.name} has size ${own[row]} in row ${row}, where input.${open[0]?.name} has ${lengths[row] ?? 'no such row'}`;
    lengths = own;
    isBatch = rows.isBatch;
  }
  const longest = Math.max(...lengths);
  const size = sizes.find((one) => one >= longest) ?? longest;
  for (const spec of given) {
    const rows = found.get(spec.name);
    const blank = filled(spec.shape.slice(1), value);
    if (rows === undefined) padded[spec.name] = givenFor(input, spec, given.length);
    else {
      const values = rows.values.map((row) => paddedRow(row as ArrayLike<unknown>, size, blank));
      padded[spec.name] = isBatch ? values : values[0];
    }
  }
  if (mask !== undefined) {
    const values = lengths.map((length) => Array.from({ length: size }, (_, i) => (i < length ? 1 : 0)));
    padded[mask.name] = isBatch ? values : values[0];
  }
  return { size, input: padded };
}

function givenFor(input: unknown, { name }: InputSpec, count: number): unknown {
  if (isRecord(input) && Object.hasOwn(input, name)) return input[name];
  return count === 1 ? input : undefined;
}

/** Rows as lists of elements along the first dimension. */
function rowsOf(value: unknown, spec: TensorSpec): Rows | undefined {
  const width = elementCount(spec.shape.slice(1));
  if (isBytes(value)) return one(elementsOf(value, spec.dtype), width, spec);
  if (isRecord(value) && isBytes(value.data) && Array.isArray(value.shape)) {
    const elements = elementsOf(value.data, value.dtype);
    const shape: readonly unknown[] = value.shape;
    if (shape.length !== spec.shape.length + 1) return one(elements, width, spec);
    const each = elements.length / Number(shape[0]);
    if (!Number.isSafeInteger(each) || each % width !== 0) return undefined;
    return {
      values: Array.from({ length: Number(shape[0]) }, (_, row) =>
        cut(elements.subarray(row * each, (row + 1) * each), spec),
      ),
      isBatch: true,
    };
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (isBytes(value[0])) {
    if (!value.every(isBytes)) return undefined;
    return { values: value.map((row) => cut(elementsOf(row, spec.dtype), spec)), isBatch: true };
  }
  const isBatch = depthOf(value) === spec.shape.length + 1;
  const rows: readonly unknown[] = isBatch ? value : [value];
  return rows.every((row) => Array.isArray(row) && row.length > 0) ? { values: rows, isBatch } : undefined;
}

function one(elements: Elements, width: number, spec: TensorSpec): Rows | undefined {
  if (elements.length === 0 || elements.length % width !== 0) return undefined;
  return { values: [cut(elements, spec)], isBatch: false };
}

type Elements = Float32Array | Int32Array | Uint8Array;

function elementsOf(data: ArrayBufferView | ArrayBuffer, dtype: unknown): Elements {
  if (dtype === 'uint8' || dtype === 'bool' || data instanceof Uint8ClampedArray) return bytesOf(data);
  const bytes = bytesOf(data).slice();
  const length = Math.floor(bytes.length / 4);
  return dtype === 'int32' ? new Int32Array(bytes.buffer, 0, length) : new Float32Array(bytes.buffer, 0, length);
}

/** A row of bytes as nested numbers along its inner dimensions. */
function cut(elements: Elements, { shape }: TensorSpec): readonly unknown[] {
  const inner = shape.slice(1);
  const width = elementCount(inner);
  return Array.from({ length: elements.length / width }, (_, i) => nested(elements, i * width, inner));
}

function nested(elements: Elements, offset: number, shape: readonly number[]): unknown {
  const [size, ...inner] = shape;
  if (size === undefined) return elements[offset];
  const width = elementCount(inner);
  return Array.from({ length: size }, (_, i) => nested(elements, offset + i * width, inner));
}

function filled(shape: readonly number[], value: number): unknown {
  const [size, ...inner] = shape;
  return size === undefined ? value : Array<unknown>(size).fill(filled(inner, value));
}

function paddedRow(row: ArrayLike<unknown>, size: number, blank: unknown): readonly unknown[] {
  return Array.from({ length: size }, (_, i) => (i < row.length ? row[i] : blank));
}
