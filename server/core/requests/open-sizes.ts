/** Reads from a request the sizes that its model leaves open. Knows the forms of inputs; checks no element. */

import { type WireError, wireError } from '../../../shared/errors.js';
import { type InputModel, measureInput } from '../../../shared/input.js';
import { isRecord } from '../../../shared/parse.js';
import { type InputSpec, isBytes, shapeOf } from '../../../shared/tensor.js';
import { withInputHint } from '../../../shared/words/input-hint.js';
import type { ReadyModel } from '../../contracts/model.js';
import { padInput } from './padded-input.js';

/** A model at the sizes of an input, and the input as that model takes it. */
export interface Fitted {
  readonly model: ReadyModel;
  readonly input: unknown;
}

/**
 * The model at the sizes of this input, or why there is none.
 *
 * @param at the model's own, which leaves sizes open
 */
export function fitted(
  input: unknown,
  model: ReadyModel,
  at: NonNullable<ReadyModel['at']>,
  maxRequestRows: number,
): Fitted | WireError {
  const { spec, padding } = model;
  const padded = padding && padInput(input, model.engineModel.inputs, padding, maxRequestRows);
  if (typeof padded === 'string') return wireError('INVALID_INPUT', padded);
  const sizes = padding === undefined ? openSizes(input, spec) : padded && [padded.size];
  if (sizes !== undefined) {
    const found = at(sizes);
    return 'code' in found ? found : { model: found, input: padded?.input ?? input };
  }
  const measured = measureInput(input, spec, { maxRequestRows, maxTextLength: 0 });
  const error = measured.ok
    ? wireError('INVALID_INPUT', `input does not say its size, or is empty; ${spec.ref} takes any from 1 on`)
    : measured.error;
  return withInputHint(error, input);
}

/** By dimension; undefined when the input does not say them, or says zero. The first input that says one decides. */
export function openSizes(input: unknown, { inputs }: Pick<InputModel, 'inputs'>): readonly number[] | undefined {
  const sizes: number[] = [];
  for (const spec of inputs) {
    const { shape } = spec;
    if (!shape.some((size) => size < 0)) continue;
    const value = isRecord(input) && Object.hasOwn(input, spec.name) ? input[spec.name] : input;
    const found = exampleShape(value, spec);
    for (const [axis, size] of shape.entries()) {
      if (size >= 0) continue;
      const own = found?.[axis];
      if (own === undefined || !Number.isSafeInteger(own) || own <= 0) return undefined;
      sizes[axis] ??= own;
    }
  }
  return Array.from(sizes, (size) => size ?? 0);
}

/** The shape of one example in this value, as far as its outer form says it. */
function exampleShape(value: unknown, { shape }: InputSpec): readonly number[] | undefined {
  if (isBytes(value)) return shapeOf(shape, value.byteLength / bytesEach(value));
  if (Array.isArray(value)) {
    const [first] = value;
    if (isBytes(first)) return shapeOf(shape, first.byteLength / bytesEach(first));
    return exampleOf(nestedShape(value, shape.length + 2), shape);
  }
  return isRecord(value) && Array.isArray(value.shape) ? exampleOf(value.shape, shape) : undefined;
}

/** Without the batch dimension, where there is one. */
function exampleOf(sizes: readonly number[], { length }: readonly number[]): readonly number[] | undefined {
  return sizes.length === length ? sizes : sizes.length === length + 1 ? sizes.slice(1) : undefined;
}

/** Bare bytes are float32, unless they are pixels. */
function bytesEach(bytes: ArrayBufferView | ArrayBuffer): number {
  return bytes instanceof Uint8ClampedArray ? 1 : 4;
}

/** Lengths along the first elements, at most `most` of them. */
function nestedShape(value: unknown, most: number): readonly number[] {
  const sizes: number[] = [];
  for (let inner = value; Array.isArray(inner) && sizes.length < most; inner = inner[0]) sizes.push(inner.length);
  return sizes;
}
