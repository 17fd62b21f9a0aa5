/**
 * The hash that maps n-grams to table rows: FNV-1a over code points, finished by murmur3's mixer. Trained models depend
 * on every bit of it: it must never change.
 */

/** Start value for words and word pairs. */
export const WORD_SEED = 0x811c9dc5;
/** Start value for character n-grams, so that the word `ing` and the n-gram `ing` hash differently. */
export const CHARACTER_SEED = 0x9747b28c;

/** The hash after one more code point. Start with one of the seeds; the result is a signed 32-bit integer. */
export function hashPoint(hash: number, point: number): number {
  return Math.imul(hash ^ point, 0x01000193);
}

/** Spreads a hash over all 32 bits: murmur3's fmix32. The result is unsigned. */
export function mix(hash: number): number {
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}

/** The row of a hash in a table of 2^bits rows. Row 0 is reserved for padding; hashes that fall on it go to row 1. */
export function rowOf(hash: number, bits: number): number {
  return mix(hash) >>> (32 - bits) || 1;
}

/** Odd and different in each process, so that nobody outside can know it. */
const CHECK_FACTOR = (Math.floor(Math.random() * 2 ** 32) | 0x10001) >>> 0;

/**
 * A second hash that separates what the first does not: for tables in memory, never for persisted data. Start with 0;
 * the result is a signed 32-bit integer.
 */
export function checkPoint(check: number, point: number): number {
  return Math.imul(check + point + 1, CHECK_FACTOR);
}
