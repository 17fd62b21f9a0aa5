/** Decides which rows of a batch run together when their lengths differ. Pure. */

/** Rows that run together, each padded to `length`. */
export interface SubRun {
  /** Places in the batch, in any order. */
  readonly rows: readonly number[];
  readonly length: number;
}

/** Lengths are multiples of this: a model sees fewer shapes, which backends prepare for each. */
const LENGTH_STEP = 8;
const MOST_HALVINGS = 2;

/**
 * One run padded to its longest row; or runs of shorter and longer rows, where that more than halves the tokens to be
 * computed, and each part of those again: at most four.
 *
 * @param lengths tokens of each row
 */
export function planSubRuns(lengths: readonly number[], most: number): readonly SubRun[] {
  const whole = { rows: lengths.map((_, row) => row), length: paddedLength(Math.max(1, ...lengths), most) };
  return halved(whole, lengths, most, MOST_HALVINGS);
}

/** Rounded up, to `most` at the most. */
export function paddedLength(length: number, most: number): number {
  return Math.min(most, Math.ceil(length / LENGTH_STEP) * LENGTH_STEP);
}

function halved(run: SubRun, lengths: readonly number[], most: number, times: number): readonly SubRun[] {
  if (times === 0 || run.rows.length < 2) return [run];
  const rows = [...run.rows].sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  let [least, cut] = [(rows.length * run.length) / 2, 0];
  for (let shorter = 1; shorter < rows.length; shorter++) {
    const longest = paddedLength(lengths[rows[shorter - 1] ?? 0] ?? 0, most);
    const tokens = shorter * longest + (rows.length - shorter) * run.length;
    if (tokens < least) [least, cut] = [tokens, shorter];
  }
  if (cut === 0) return [run];
  const short = rows.slice(0, cut);
  const parts = [
    { rows: short, length: paddedLength(lengths[short.at(-1) ?? 0] ?? 0, most) },
    { rows: rows.slice(cut), length: run.length },
  ];
  return parts.flatMap((part) => halved(part, lengths, most, times - 1));
}
