/**
 * Sizes that each run decides, as the hub writes them: -1 for an open first dimension after the batch, -2 for a second.
 * Pure.
 */

/** Open sizes of the first probe and of the second, by dimension: all different, and not those of other dimensions. */
export const PROBE_SIZES = [
  [
    [11, 13, 17, 19, 23],
    [29, 31, 37, 41, 43],
  ],
  [
    [101, 103, 107, 109, 113],
    [127, 131, 137, 139, 149],
  ],
] as const;

export function isOpen(sizes: readonly number[]): boolean {
  return sizes.some((size) => size < 0);
}

/** With those of a run in their places. */
export function sizesAt(sizes: readonly number[], run: readonly number[]): readonly number[] {
  return sizes.map((size) => (size < 0 ? (run[-size - 1] ?? 0) : size));
}

/** A size of an output in both probes: fixed, or the number of an open one; undefined when it is neither. */
export function sizeOfBoth(
  one: number,
  two: number | undefined,
  small: readonly number[],
  large: readonly number[],
): number | undefined {
  if (one === two) return one;
  const axis = small.findIndex((size, at) => size === one && large[at] === two);
  return axis < 0 ? undefined : -axis - 1;
}
