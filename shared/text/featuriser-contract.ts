/** What turns texts into the tensors of a model. Pure: runs in the engine worker, in training and in a browser. */

import type { TensorArray, TensorSpec } from '../tensor.js';

export interface Featuriser {
  /** The tensors that one text becomes, in the order of the model's inputs; shape without the batch dimension. */
  readonly tensors: readonly TensorSpec[];
  /**
   * Writes the features of one text as row `row` of each target; every element of the row is written. Any string will do. Throws
   * only on targets that do not fit `tensors`.
   */
  write(text: string, row: number, targets: readonly TensorArray[]): void;
  /** The same for a text that is `bytes[start .. end)` in UTF-8, as texts lie in a batch. */
  writeUtf8(bytes: Uint8Array, start: number, end: number, row: number, targets: readonly TensorArray[]): void;
}
