/**
 * Interface of featurisers, which turn texts into a model's input tensors. Pure: runs in the engine worker, in training
 * and in a browser.
 */

import type { TensorArray, TensorSpec } from '../tensor.js';

export interface Featuriser {
  /** The tensors that one text becomes, in the order of the model's inputs; shapes are without the batch dimension. */
  readonly tensors: readonly TensorSpec[];
  /**
   * Writes the features of one text as row `row` of each target, every element of it. Accepts any string. Throws only
   * when the targets do not fit `tensors`.
   */
  write(text: string, row: number, targets: readonly TensorArray[]): void;
  /** The same for a text given as UTF-8 in `bytes[start .. end)`, as in a batch. */
  writeUtf8(bytes: Uint8Array, start: number, end: number, row: number, targets: readonly TensorArray[]): void;
}
