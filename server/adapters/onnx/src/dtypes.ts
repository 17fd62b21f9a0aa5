/**
 * Element types of ONNX, and how the hub carries each: as float32, int32 or bool. Values change their form here, in
 * both directions; what does not fit is an error that names tensor and value. Knows no files and no sessions.
 */

import type { DType, TensorArray } from 'tickcast/protocol';
import { fromFloat16, toFloat16 } from './float16.js';

/** Element types as ONNX Runtime calls them, at their numbers in `TensorProto.DataType`. */
const NAMES = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
] as const;

/** The name of a number of `TensorProto.DataType`. */
export function typeName(number: number): string {
  return NAMES[number] ?? `type ${number}`;
}

const CARRIED = [
  'float32',
  'float16',
  'float64',
  'int32',
  'int64',
  'uint64',
  'uint32',
  'int16',
  'uint16',
  'int8',
  'uint8',
  'bool',
] as const;
/** A number type that the hub can carry. */
export type CarriedType = (typeof CARRIED)[number];

/** For messages. */
export const CARRIED_TYPES = CARRIED.join(', ');

export type ElementArray =
  | TensorArray
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array;

/** A tensor whose values change their form: named in errors. */
export interface Named {
  readonly name: string;
  /** Elements of one row, to tell the row of a value. */
  readonly rowElements: number;
}

/** How one type is carried. */
export interface Carrier {
  /** The type by which the hub carries it. */
  readonly dtype: DType;
  /** True when the hub's array is ONNX Runtime's own form, and is passed as it is. */
  readonly direct: boolean;
  /** An array of ONNX Runtime's form. */
  create(length: number): ElementArray;
  /** Fills `target`, as long as `source`. Throws when a value does not fit. */
  encode(source: TensorArray, target: ElementArray, tensor: Named): void;
  /** Fills `target`, as long as `source`. Throws when a value does not fit. */
  decode(source: ElementArray, target: TensorArray, tensor: Named): void;
}

export function isCarried(type: string): type is CarriedType {
  return (CARRIED as readonly string[]).includes(type);
}

const copy = (source: ElementArray, target: ElementArray): void => {
  (target as Float64Array).set(source as Float64Array);
};

/** Between int32 and an integer type with these bounds. */
function integers(create: (length: number) => ElementArray, type: CarriedType, least: number, most: number): Carrier {
  const check = (source: ElementArray, [low, high]: readonly [number, number], where: string, tensor: Named): void => {
    for (let i = 0; i < source.length; i++) {
      const value = source[i] as number;
      if (value < low || value > high) throw outside(where, tensor, i, value, type);
    }
  };
  return {
    dtype: 'int32',
    direct: false,
    create,
    encode(source, target, tensor) {
      check(source, [least, most], 'input', tensor);
      copy(source, target);
    },
    decode(source, target, tensor) {
      check(source, INT32, 'output', tensor);
      copy(source, target);
    },
  };
}

const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;

/** As pairs of 32-bit halves, low first: some ten times as fast as with bigint. */
function longs(create: (length: number) => ElementArray, type: CarriedType): Carrier {
  const isSigned = type === 'int64';
  return {
    dtype: 'int32',
    direct: false,
    create,
    encode(source, target, tensor) {
      const halves = halvesOf(target);
      for (let i = 0; i < source.length; i++) {
        const value = source[i] as number;
        if (!isSigned && value < 0) throw outside('input', tensor, i, value, type);
        halves[2 * i] = value;
        halves[2 * i + 1] = value >> 31;
      }
    },
    decode(source, target, tensor) {
      const halves = halvesOf(source);
      for (let i = 0; i < target.length; i++) {
        const low = halves[2 * i] as number;
        const fits = isSigned ? halves[2 * i + 1] === low >> 31 : halves[2 * i + 1] === 0 && low >= 0;
        if (!fits) throw outside('output', tensor, i, source[i] as bigint, type);
        target[i] = low;
      }
    },
  };
}

function halvesOf({ buffer, byteOffset, length }: ElementArray): Int32Array {
  return new Int32Array(buffer, byteOffset, 2 * length);
}

function outside(kind: string, { name, rowElements }: Named, at: number, value: number | bigint, type: string): Error {
  const row = Math.floor(at / Math.max(1, rowElements));
  const remedy =
    kind === 'input'
      ? `which is no ${type}, the type that the model takes`
      : 'which int32 does not hold: cast it to float32 in the model';
  return new Error(`${kind} "${name}" has ${value} in row ${row}, ${remedy}`);
}

function direct(dtype: DType, create: (length: number) => TensorArray): Carrier {
  return { dtype, direct: true, create, encode: copy, decode: copy };
}

export const CARRIERS: Readonly<Record<CarriedType, Carrier>> = {
  float32: direct('float32', (length) => new Float32Array(length)),
  int32: direct('int32', (length) => new Int32Array(length)),
  bool: direct('bool', (length) => new Uint8Array(length)),
  float64: {
    dtype: 'float32',
    direct: false,
    create: (length) => new Float64Array(length),
    encode: copy,
    decode: copy,
  },
  float16: {
    dtype: 'float32',
    direct: false,
    create: (length) => new Uint16Array(length),
    encode: (source, target) => toFloat16(source as Float32Array, target as Uint16Array),
    decode: (source, target) => fromFloat16(bitsOf(source), target as Float32Array),
  },
  int64: longs((length) => new BigInt64Array(length), 'int64'),
  uint64: longs((length) => new BigUint64Array(length), 'uint64'),
  uint32: integers((length) => new Uint32Array(length), 'uint32', 0, INT32[1]),
  int16: integers((length) => new Int16Array(length), 'int16', -32_768, 32_767),
  uint16: integers((length) => new Uint16Array(length), 'uint16', 0, 65_535),
  int8: integers((length) => new Int8Array(length), 'int8', -128, 127),
  uint8: integers((length) => new Uint8Array(length), 'uint8', 0, 255),
};

/** On a Node that has Float16Array, ONNX Runtime answers one. */
function bitsOf({ buffer, byteOffset, length }: ElementArray): Uint16Array {
  return new Uint16Array(buffer, byteOffset, length);
}
