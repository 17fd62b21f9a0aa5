/**
 * Layout of a row in a post's numbers: fixed fields, then its inputs, then its outputs. Written by RowCollector, read
 * by LineMaker.
 */

/** Offsets of the fixed fields. -1 means that the row has no such value. */
export const FIELD = {
  /** Milliseconds since 1970. */
  at: 0,
  /** Index within a batched request. */
  row: 1,
  /** Index into the post's models. */
  model: 2,
  /** Index into the post's doors. */
  via: 3,
  /** The id itself, if it is a number. */
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
  /** Length in the post's text, after those above. */
  subjectChars: 16,
} as const;

/**
 * Number of fixed fields. After them, for each input in the model's order: for a text, its length in the post's text
 * and its whole length; for a tensor in mode `plain`, its first elements; in mode `hash`, nothing (they are in
 * `elements`). Then the first elements of the outputs.
 */
export const FIXED_FIELDS = Object.keys(FIELD).length;

/** Maximum numbers kept of a row's outputs: lines are for people and statistics, not for images. */
export const MAX_PREDICTION_VALUES = 100;

/** How many leading elements of each tensor are kept when `most` are kept in all, in order. */
export function shares(sizes: readonly number[], most: number): readonly number[] {
  let left = most;
  return sizes.map((size) => {
    const share = Math.min(size, left);
    left -= share;
    return share;
  });
}
