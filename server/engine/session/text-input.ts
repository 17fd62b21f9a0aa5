/**
 * Turns the texts of a batch into the tensors of a text model, just before it runs. Knows the batch's text columns and
 * the featuriser.
 */

import type { BatchViews } from '../../../shared/batch-layout.js';
import { elementCount, newTensorArray, type TensorArray, type TextSpec } from '../../../shared/tensor.js';
import type { Featuriser } from '../../../shared/text/featuriser-contract.js';

/** The input of a text model as shown to callers. */
export const TEXT_INPUT: TextSpec = { name: 'text', dtype: 'string', shape: [] };

export class TextInput {
  /** Reused between runs, grown to the largest batch seen. */
  #arrays: readonly TensorArray[] = [];
  #capacityRows = 0;

  constructor(readonly featuriser: Featuriser) {}

  /** The features of `rows` texts, valid until the next call. */
  read(text: BatchViews['text'], rows: number): readonly TensorArray[] {
    const targets = this.#targets(rows);
    eachText(text, rows, (bytes, start, end, row) => this.featuriser.writeUtf8(bytes, start, end, row, targets));
    return targets;
  }

  /** Arrays of exactly `rows` rows. */
  #targets(rows: number): readonly TensorArray[] {
    const { tensors } = this.featuriser;
    if (rows > this.#capacityRows) {
      this.#capacityRows = Math.max(rows, 2 * this.#capacityRows);
      this.#arrays = tensors.map(({ dtype, shape }) => newTensorArray(dtype, this.#capacityRows * elementCount(shape)));
    }
    return this.#arrays.map((array, index) => array.subarray(0, rows * elementCount(tensors[index]?.shape ?? [])));
  }
}

/** The UTF-8 bytes of each text of a batch, copied: a backend may keep them. */
export function textsOf(text: BatchViews['text'], rows: number): readonly Uint8Array[] {
  const texts: Uint8Array[] = [];
  eachText(text, rows, (bytes, start, end) => texts.push(bytes.slice(start, end)));
  return texts;
}

function eachText(
  text: BatchViews['text'],
  rows: number,
  use: (bytes: Uint8Array, start: number, end: number, row: number) => void,
): void {
  if (text === undefined) throw new Error('a text model was given a batch without texts');
  let start = 0;
  for (let row = 0; row < rows; row++) {
    const end = start + (text.lengths[row] ?? 0);
    if (end > text.bytes.length) throw new Error(`text ${row} ends at byte ${end} of ${text.bytes.length}`);
    use(text.bytes, start, end, row);
    start = end;
  }
}
