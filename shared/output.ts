/** Turns rows of a batch's output tensors into the values returned to callers. */

import type { NestedNumbers, Prediction, PredictionValue, Timing, WordWeight } from './protocol.js';
import { elementCount, type TensorArray, type TensorSpec } from './tensor.js';

/** The outputs of one request: rows `firstRow` to `firstRow + rows` of each array. */
export interface OutputRows {
  readonly arrays: readonly TensorArray[];
  readonly firstRow: number;
  readonly rows: number;
}

/** The part of a model that reading outputs needs. */
export interface OutputModel {
  readonly ref: string;
  readonly outputs: readonly TensorSpec[];
  readonly labels?: readonly string[] | undefined;
}

/**
 * Builds the prediction for a request: values nested as by tfjs' `arraySync`, `[rows, d1, ..., dn]`, without the batch
 * dimension unless `batched`.
 */
export function readPrediction(
  model: OutputModel,
  output: OutputRows,
  batched: boolean,
  timing?: Timing,
  words?: readonly WordWeight[],
): Prediction {
  // Built here, so it may be extended in place: a copy would cost as much as the receipt.
  const values: Prediction & { timing?: Timing; words?: readonly WordWeight[] } = readLabelled(model, output, batched);
  if (timing !== undefined) values.timing = timing;
  if (words !== undefined) values.words = words;
  return values;
}

function readLabelled(model: OutputModel, output: OutputRows, batched: boolean): Prediction {
  const prediction = readValues(model.outputs, output, batched);
  const { labels } = model;
  const scores = output.arrays[0];
  if (labels === undefined || scores === undefined) return { prediction, model: model.ref };
  const best: number[] = [];
  for (let row = 0; row < output.rows; row++)
    best.push(bestOf(scores, (output.firstRow + row) * labels.length, labels.length));
  const label = best.map((index) => labels[index] ?? '');
  const score = best.map((index, row) => scores[(output.firstRow + row) * labels.length + index] ?? 0);
  const ref = model.ref;
  return batched
    ? { prediction, model: ref, label, score }
    : { prediction, model: ref, label: label[0] ?? '', score: score[0] ?? 0 };
}

function readValues(specs: readonly TensorSpec[], output: OutputRows, batched: boolean): PredictionValue {
  const single = specs.length === 1;
  const named: Record<string, NestedNumbers> = {};
  for (const [index, spec] of specs.entries()) {
    const array = output.arrays[index];
    if (array === undefined) continue;
    const value = readRows(array, spec.shape, output, batched);
    if (single) return value;
    named[spec.name] = value;
  }
  return named;
}

function readRows(array: TensorArray, shape: readonly number[], output: OutputRows, batched: boolean): NestedNumbers {
  const size = elementCount(shape);
  if (!batched) return nest(array, output.firstRow * size, shape, 0);
  const rows: NestedNumbers[] = [];
  for (let row = 0; row < output.rows; row++) rows.push(nest(array, (output.firstRow + row) * size, shape, 0));
  return rows;
}

function nest(array: TensorArray, offset: number, shape: readonly number[], axis: number): NestedNumbers {
  const size = shape[axis];
  if (size === undefined) return array[offset] ?? 0;
  const values: NestedNumbers[] = [];
  if (axis === shape.length - 1) {
    for (let i = 0; i < size; i++) values.push(array[offset + i] as number);
    return values;
  }
  let stride = 1;
  for (let i = axis + 1; i < shape.length; i++) stride *= shape[i] as number;
  for (let i = 0; i < size; i++) values.push(nest(array, offset + i * stride, shape, axis + 1));
  return values;
}

/** Index of the highest of `count` scores starting at `offset`; the first one on a tie. */
export function bestOf(array: ArrayLike<number>, offset: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((array[offset + i] as number) > (array[offset + best] as number)) best = i;
  return best;
}
