/**
 * Hashes of a token for models that know words by hash: one of the whole token, and those of its character n-grams,
 * which describe words unseen in training. Trained models depend on every bit of it: it must never change.
 */
import { DIGIT, kindOf, LETTER } from './characters.js';
import { CHARACTER_SEED, hashPoint, mix, WORD_SEED } from './hash.js';

const HASH_SIGN = 0x23;
const WORD_START = 0x3c;
const WORD_END = 0x3e;
const SHORTEST = 3;
const LONGEST = 5;

/** Code points of a token used for n-grams; the hash of the whole token has no such limit. */
const NGRAM_POINTS = 24;
/** Maximum n-grams of a token: `<`, 24 code points and `>` have 24 of three, 23 of four and 22 of five. */
export const MAX_NGRAMS = 69;

/** The hash of the token `points[start .. end)`; unsigned. */
export function tokenHash(points: Int32Array, start: number, end: number): number {
  let hash = WORD_SEED;
  for (let i = start; i < end; i++) hash = hashPoint(hash, points[i] ?? 0);
  return mix(hash);
}

/** True for words, hashtags and the few emoticons that begin with a letter: the tokens with character n-grams. */
export function hasNgrams(first: number): boolean {
  return first === HASH_SIGN || (kindOf(first) & (LETTER | DIGIT)) !== 0;
}

/** Writes the hashes of the token's n-grams to `hashes`, which holds {@link MAX_NGRAMS}, and returns their number. */
export function ngramHashes(points: Int32Array, start: number, end: number, hashes: Uint32Array): number {
  if (end === start || !hasNgrams(points[start] ?? 0)) return 0;
  const kept = Math.min(end - start, NGRAM_POINTS);
  const size = kept + 2;
  let count = 0;
  for (let first = 0; first + SHORTEST <= size; first++) {
    const last = Math.min(first + LONGEST, size);
    let hash = CHARACTER_SEED;
    for (let i = first; i < last; i++) {
      hash = hashPoint(hash, i === 0 ? WORD_START : i > kept ? WORD_END : (points[start + i - 1] ?? 0));
      if (i - first + 1 >= SHORTEST) hashes[count++] = mix(hash);
    }
  }
  return count;
}
