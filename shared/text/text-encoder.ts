/**
 * Turns a text into `2 * filters` numbers, fast. For each token t: v(t) = its row of the word table + the sum of its
 * n-grams' rows divided by the square root of their number; y(i) = relu(K0 v(i-1) + K1 v(i) + K2 v(i+1) + b), with zero
 * vectors beyond the ends; the result is the maximum of y per filter, then the sum of y per filter divided by the
 * square root of the number of tokens. `K0 v`, `K1 v` and `K2 v` depend on the word alone: they are computed when a
 * word is first seen and cached, so that a known word costs three additions per filter.
 */
import type { TensorArray, TensorSpec } from '../tensor.js';
import { type EncoderSizes, type EncoderWeights, encoderProblem, WINDOW } from './encoder-weights.js';
import type { Featuriser } from './featuriser-contract.js';
import { mix } from './hash.js';
import { TokenList } from './token-list.js';
import { Tokeniser } from './tokenise.js';
import { WordCache } from './word-cache.js';
import { MAX_NGRAMS, ngramHashes } from './word-hashes.js';

/** In a stream, nearly all repeated words are among the last hundred thousand. */
const CACHE_PLACES = 2 ** 17;

export class TextEncoding implements Featuriser {
  readonly tensors: readonly TensorSpec[];
  readonly tokens: TokenList;
  readonly #tokeniser: Tokeniser;
  readonly #cache: WordCache;
  /** Where the floats of each token begin in the cache. */
  readonly #found: Int32Array;
  readonly #vector: Float64Array;
  readonly #hashes = new Uint32Array(MAX_NGRAMS);

  readonly #sizes: EncoderSizes;
  readonly #weights: EncoderWeights;

  constructor(sizes: EncoderSizes, weights: EncoderWeights, cachePlaces = CACHE_PLACES) {
    this.#sizes = sizes;
    this.#weights = weights;
    const problem = encoderProblem(sizes, weights);
    if (problem !== undefined) throw new RangeError(problem);
    const { filters, width, maxTokens } = sizes;
    this.tensors = [{ name: 'features', dtype: 'float32', shape: [2 * filters] }];
    this.tokens = new TokenList(maxTokens);
    this.#tokeniser = new Tokeniser(this.tokens);
    this.#cache = new WordCache(Math.max(cachePlaces, 4 * maxTokens), WINDOW * filters);
    this.#found = new Int32Array(maxTokens + 1);
    this.#vector = new Float64Array(width);
  }

  write(text: string, row: number, targets: readonly TensorArray[]): void {
    this.#tokeniser.tokenise(text);
    this.#encode(row, targets);
  }

  writeUtf8(bytes: Uint8Array, start: number, end: number, row: number, targets: readonly TensorArray[]): void {
    this.#tokeniser.tokeniseUtf8(bytes, start, end);
    this.#encode(row, targets);
  }

  #encode(row: number, [target]: readonly TensorArray[]): void {
    const at = row * 2 * this.#sizes.filters;
    if (!(target instanceof Float32Array)) throw new TypeError('a text encoder writes to one Float32Array');
    if (row < 0 || at + 2 * this.#sizes.filters > target.length) {
      throw new RangeError(
        `row ${row} of ${2 * this.#sizes.filters} numbers is outside the target of ${target.length}`,
      );
    }
    this.#findWords();
    this.#pool(target, at);
  }

  #findWords(): void {
    const { tokens } = this;
    const cache = this.#cache;
    const found = this.#found;
    const { hashes, checks, ends, count } = tokens;
    cache.reserve(count);
    let start = 0;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i] ?? 0;
      const end = ends[i] ?? 0;
      const check = checks[i] ?? 0;
      let at = cache.find(hash, check);
      if (at === 0) {
        at = cache.add(hash, check);
        this.#fold(hash, start, end, at);
      }
      found[i] = at;
      start = end;
    }
  }

  /**
   * Writes what a word adds to each filter's output at the place after it, at its own place, and at the place before
   * it.
   */
  #fold(hash: number, start: number, end: number, at: number): void {
    const vector = this.#vector;
    const { floats } = this.#cache;
    const { width, filters } = this.#sizes;
    const { kernel, bias } = this.#weights;
    this.#embed(hash, start, end);
    const last = filters - 1;
    for (let place = 0; place < WINDOW; place++) {
      const to = at + place * filters;
      // Every place has exactly one word of its own, so the bias is added there.
      const own = place === 1 ? 1 : 0;
      for (let f = 0; f <= last; f += 4) {
        const f1 = Math.min(f + 1, last);
        const f2 = Math.min(f + 2, last);
        const f3 = Math.min(f + 3, last);
        let a = 0;
        let b = 0;
        let c = 0;
        let d = 0;
        let from = place * width * filters;
        for (let k = 0; k < width; k++) {
          const value = vector[k] ?? 0;
          a += value * (kernel[from + f] ?? 0);
          b += value * (kernel[from + f1] ?? 0);
          c += value * (kernel[from + f2] ?? 0);
          d += value * (kernel[from + f3] ?? 0);
          from += filters;
        }
        floats[to + f] = a + own * (bias[f] ?? 0);
        floats[to + f1] = b + own * (bias[f1] ?? 0);
        floats[to + f2] = c + own * (bias[f2] ?? 0);
        floats[to + f3] = d + own * (bias[f3] ?? 0);
      }
    }
  }

  /** Writes a word's own vector. */
  #embed(hash: number, start: number, end: number): void {
    const vector = this.#vector;
    const hashes = this.#hashes;
    const { wordBits, ngramBits, width } = this.#sizes;
    const { words, ngrams } = this.#weights;
    const count = ngramHashes(this.tokens.points, start, end, hashes);
    const share = count === 0 ? 0 : 1 / Math.sqrt(count);
    const row = (mix(hash) >>> (32 - wordBits)) * width;
    // Accumulate in variables: adding to the array would round and store every term. Four at a time, to overlap
    // latencies; where fewer are left, the last is computed repeatedly.
    const last = width - 1;
    for (let k = 0; k <= last; k += 4) {
      const k1 = Math.min(k + 1, last);
      const k2 = Math.min(k + 2, last);
      const k3 = Math.min(k + 3, last);
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let i = 0; i < count; i++) {
        const from = ((hashes[i] ?? 0) >>> (32 - ngramBits)) * width;
        a += ngrams[from + k] ?? 0;
        b += ngrams[from + k1] ?? 0;
        c += ngrams[from + k2] ?? 0;
        d += ngrams[from + k3] ?? 0;
      }
      vector[k] = a * share + (words[row + k] ?? 0);
      vector[k1] = b * share + (words[row + k1] ?? 0);
      vector[k2] = c * share + (words[row + k2] ?? 0);
      vector[k3] = d * share + (words[row + k3] ?? 0);
    }
  }

  #pool(target: Float32Array, at: number): void {
    const found = this.#found;
    const { floats } = this.#cache;
    const { filters } = this.#sizes;
    const { count } = this.tokens;
    const share = count === 0 ? 0 : 1 / Math.sqrt(count);
    // The zero word follows the last word.
    found[count] = 0;
    // `K0 v` of a word is for the place after it, `K2 v` for the place before it. Relu is half of x + |x|, and max is
    // half of a + b + |a - b|: an unpredictable branch would cost more than everything else. Two filters at a time, to
    // overlap latencies; with an odd number the last is paired with itself.
    for (let f = 0; f < filters; f += 2) {
      const other = f + 1 < filters ? f + 1 : f;
      let largest = 0;
      let sum = 0;
      let otherLargest = 0;
      let otherSum = 0;
      let before = 0;
      let here = found[0] ?? 0;
      for (let i = 1; i <= count; i++) {
        const next = found[i] ?? 0;
        const middle = here + filters;
        const after = next + 2 * filters;
        const answer = (floats[before + f] ?? 0) + (floats[middle + f] ?? 0) + (floats[after + f] ?? 0);
        const otherAnswer =
          (floats[before + other] ?? 0) + (floats[middle + other] ?? 0) + (floats[after + other] ?? 0);
        before = here;
        here = next;
        sum += answer + Math.abs(answer);
        otherSum += otherAnswer + Math.abs(otherAnswer);
        largest = 0.5 * (largest + answer + Math.abs(largest - answer));
        otherLargest = 0.5 * (otherLargest + otherAnswer + Math.abs(otherLargest - otherAnswer));
      }
      target[at + f] = largest;
      target[at + filters + f] = 0.5 * sum * share;
      target[at + other] = otherLargest;
      target[at + filters + other] = 0.5 * otherSum * share;
    }
  }
}
