/** How a row lies in a post's numbers: fixed fields, then its inputs, then its outputs. Written by RowCollector, read by LineMaker. */

/** Offsets of the fields that every row has. -1 stands for what a row has not. */
export const FIELD = {
  /** Milliseconds since 1970. */
  at: 0,
  /** Index within a batched request. */
  row: 1,
  /** Index into the post's models. */
  model: 2,
  /** Index into the post's ways in. */
  via: 3,
  /** The id itself, where it is a number. */
  id: 4,
  /** Lengths in the post's text, in this order. */
  idChars: 5,
  clientChars: 6,
  streamChars: 7,
  queueUs: 8,
  batchUs: 9,
  inferUs: 10,
  totalUs: 11,
  batchRows: 12,
  /** Index into the post's engines; -1 without a receipt. */
  engine: 13,
  /** Index into the model's labels. */
  label: 14,
  score: 15,
} as const;

/**
 * After the fixed fields, for each input in the model's order: of a text its length in the post's text and its whole length; of a tensor in mode `plain` its
 * first elements, of one in mode `hash` nothing (they lie in `elements`). Then the first elements of the outputs.
 */
export const FIXED_FIELDS = 16;

/** Numbers of a row's outputs that are kept: a line is for people and counts, not for images. */
export const MAX_PREDICTION_VALUES = 100;

/** How many elements of each tensor are kept when so many are in all: the first ones, in order. */
export function shares(sizes: readonly number[], most: number): readonly number[] {
  let left = most;
  return sizes.map((size) => {
    const share = Math.min(size, left);
    left -= share;
    return share;
  });
}
