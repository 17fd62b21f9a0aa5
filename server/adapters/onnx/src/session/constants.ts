/** Inputs that the manifest gives by `constants`, such as a sampling rate: the same in every run. Pure. */

import type { ModelSource } from 'tickcast';
import { CARRIERS, type CarriedType, type ElementArray, isCarried } from '../dtypes.js';
import type { Dimension, HeaderValue } from '../file/value-info.js';
import { checkType, MANIFEST, Refusal, sizesText } from './input-words.js';

export type Constants = NonNullable<ModelSource['constants']>;

/** An input that the manifest gives, the same in every run. */
export interface ConstantInput {
  readonly name: string;
  readonly type: CarriedType;
  readonly dims: readonly number[];
  readonly data: ElementArray;
}

/** Throws a {@link Refusal} when the value does not fit the input. */
export function constantOf(value: HeaderValue, given: Constants[string]): ConstantInput {
  checkType(value);
  const { name, type, shape } = value;
  if (!isCarried(type))
    throw new Refusal(`input "${name}" takes strings, which "constants" in ${MANIFEST} cannot give`);
  const values = (typeof given === 'object' ? given : [given]).map(Number);
  const dims = constantDims(shape, given, values.length);
  const says = `"constants" in ${MANIFEST} gives input "${name}"`;
  if (dims === undefined)
    throw new Refusal(`${says} ${values.length} numbers, the model takes the shape ${sizesText(shape ?? [])}`);
  const carrier = CARRIERS[type];
  const carried =
    carrier.dtype === 'float32'
      ? Float32Array.from(values)
      : carrier.dtype === 'int32'
        ? Int32Array.from(values)
        : Uint8Array.from(values);
  if (carrier.dtype !== 'float32' && values.some((number, at) => number !== carried[at]))
    throw new Refusal(`${says} a number that is no ${type}`);
  const data = carrier.direct ? carried : carrier.create(carried.length);
  try {
    if (!carrier.direct) carrier.encode(carried, data, { name, rowElements: carried.length });
  } catch {
    throw new Refusal(`${says} a number that is no ${type}`);
  }
  return { name, type, dims, data };
}

/** The shape that so many numbers have: at most one dimension may be open. Undefined when they do not fit. */
function constantDims(
  shape: readonly Dimension[] | undefined,
  given: Constants[string],
  count: number,
): readonly number[] | undefined {
  if (shape === undefined) return typeof given === 'object' ? [count] : [];
  const known = shape.reduce<number>((product, size) => (typeof size === 'number' ? product * size : product), 1);
  const open = shape.filter((size) => typeof size !== 'number').length;
  if (open === 0) return known === count ? (shape as readonly number[]) : undefined;
  const rest = count / known;
  if (open > 1 || !Number.isInteger(rest)) return undefined;
  return shape.map((size) => (typeof size === 'number' ? size : rest));
}
