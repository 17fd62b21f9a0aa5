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
  const scored = new LabelScores(model.outputs, labels.length);
  const best: number[] = [];
  for (let row = 0; row < output.rows; row++) best.push(scored.best(scores, output.firstRow + row));
  const label = best.map((index) => labels[index] ?? '');
  const score = best.map((index, row) => scored.of(scores, output.firstRow + row, index));
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

/** The number from which on the second of two labels is meant. */
const EVEN = 0.5;

/**
 * The scores of a model's labels in the array of its first output: one element per label; or, of two labels and an
 * output of one element, that element for the second label and 1 less it for the first.
 */
export class LabelScores {
  /** Elements of a row. */
  readonly size: number;
  readonly #isOneForTwo: boolean;

  constructor(outputs: readonly TensorSpec[], labels: number) {
    this.size = elementCount(outputs[0]?.shape ?? []);
    this.#isOneForTwo = isOneForTwo(this.size, labels);
  }

  /** Index of the label with the highest score; the first one on a tie, except that 0.5 means the second of two. */
  best(array: ArrayLike<number>, row: number): number {
    if (this.#isOneForTwo) return (array[row] as number) >= EVEN ? 1 : 0;
    return bestOf(array, row * this.size, this.size);
  }

  /** Score of a label; 0 where there is none. */
  of(array: ArrayLike<number>, row: number, label: number): number {
    if (!this.#isOneForTwo) return array[row * this.size + label] ?? 0;
    const second = array[row] ?? 0;
    return label === 1 ? second : 1 - second;
  }
}

/** Whether an output of `elements` per row gives the score of the second of two labels. */
export function isOneForTwo(elements: number, labels: number): boolean {
  return elements === 1 && labels === 2;
}

/** Index of the highest of `count` scores starting at `offset`; the first one on a tie. */
export function bestOf(array: ArrayLike<number>, offset: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((array[offset + i] as number) > (array[offset + best] as number)) best = i;
  return best;
}
