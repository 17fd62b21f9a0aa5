/**
 * Hashes words, word pairs and character n-grams of a text to rows of one table. The model adds up those rows, each
 * times its weight. Knows nothing of the table's contents.
 */
import type { TensorArray, TensorSpec } from '../tensor.js';
import type { Featuriser } from './featuriser-contract.js';
import { CHARACTER_SEED, hashPoint, rowOf, WORD_SEED } from './hash.js';
import { TokenList } from './token-list.js';
import { Tokeniser } from './tokenise.js';

export interface HashedNgramsConfig {
  readonly name: 'hashed-ngrams';
  /** Rows of the table: a power of two. */
  readonly buckets: number;
  /**
   * Maximum n-grams per text: the size of both tensors. Words come first, then pairs, then characters; the excess is
   * dropped.
   */
  readonly length: number;
  /** Maximum tokens per text. */
  readonly maxTokens: number;
  /** Shortest word, in code points, that gets character n-grams; for shorter words the word itself says as much. */
  readonly minWordLength: number;
}

/** Code points in a character n-gram. Adding lengths 3 and 5 doubled the work without improving accuracy. */
const NGRAM_POINTS = 4;
/** Code points of a word used for character n-grams. */
const MAX_WORD_POINTS = 24;
/** Weight of a pair relative to a word. Pairs carry negation, but most are rare: at full weight they are memorised. */
const PAIR_WEIGHT = 0.5;
const SPACE = 0x20;
const WORD_START = 0x3c;
const WORD_END = 0x3e;

export class HashedNgrams implements Featuriser {
  readonly tensors: readonly TensorSpec[];
  readonly #bits: number;
  readonly #tokens: TokenList;
  readonly #tokeniser: Tokeniser;
  readonly #framed = new Int32Array(MAX_WORD_POINTS + 2);

  readonly #config: HashedNgramsConfig;

  constructor(config: HashedNgramsConfig) {
    this.#config = config;
    this.#bits = 31 - Math.clz32(config.buckets);
    this.#tokens = new TokenList(config.maxTokens);
    this.#tokeniser = new Tokeniser(this.#tokens);
    this.tensors = [
      { name: 'ids', dtype: 'int32', shape: [config.length] },
      { name: 'weights', dtype: 'float32', shape: [config.length] },
    ];
  }

  write(text: string, row: number, targets: readonly TensorArray[]): void {
    this.#tokeniser.tokenise(text);
    this.#writeTokens(row, targets);
  }

  writeUtf8(bytes: Uint8Array, start: number, end: number, row: number, targets: readonly TensorArray[]): void {
    this.#tokeniser.tokeniseUtf8(bytes, start, end);
    this.#writeTokens(row, targets);
  }

  #writeTokens(row: number, targets: readonly TensorArray[]): void {
    const [ids, weights] = targets;
    if (!(ids instanceof Int32Array) || !(weights instanceof Float32Array)) {
      throw new TypeError('hashed-ngrams writes to an Int32Array and a Float32Array, in this order');
    }
    const { length } = this.#config;
    const start = row * length;
    const end = start + length;
    if (row < 0 || end > ids.length || end > weights.length) {
      throw new RangeError(`row ${row} of ${length} n-grams is outside the target of ${ids.length}`);
    }
    const used = this.#writeCharacters(this.#writeWords(start, end, ids, weights), end, ids, weights);
    ids.fill(0, used, end);
    weights.fill(0, used, end);
  }

  /** Words with weight 1/sqrt(tokens), then pairs of neighbours with a fraction of it. */
  #writeWords(at: number, end: number, ids: Int32Array, weights: Float32Array): number {
    const tokens = this.#tokens;
    const bits = this.#bits;
    const weight = 1 / Math.sqrt(tokens.count);
    for (let token = 0; token < tokens.count && at < end; token++, at++) {
      ids[at] = rowOf(this.#hashToken(WORD_SEED, token), bits);
      weights[at] = weight;
    }
    for (let token = 1; token < tokens.count && at < end; token++, at++) {
      ids[at] = rowOf(this.#hashToken(hashPoint(this.#hashToken(WORD_SEED, token - 1), SPACE), token), bits);
      weights[at] = PAIR_WEIGHT * weight;
    }
    return at;
  }

  /** The n-grams of `<word>`; those of one word share its weight, divided by the square root of their number. */
  #writeCharacters(at: number, end: number, ids: Int32Array, weights: Float32Array): number {
    const tokens = this.#tokens;
    const bits = this.#bits;
    const framed = this.#framed;
    for (let token = 0; token < tokens.count && at < end; token++) {
      const size = this.#frame(token);
      if (size === 0) continue;
      const first = at;
      for (let start = 0; start + NGRAM_POINTS <= size && at < end; start++, at++) {
        let hash = CHARACTER_SEED;
        for (let i = start; i < start + NGRAM_POINTS; i++) hash = hashPoint(hash, framed[i] ?? 0);
        ids[at] = rowOf(hash, bits);
      }
      weights.fill(1 / Math.sqrt(tokens.count * (at - first)), first, at);
    }
    return at;
  }

  /** Copies a word between `<` and `>` to `framed`. Returns the size, or 0 when its characters are not used. */
  #frame(token: number): number {
    const tokens = this.#tokens;
    const framed = this.#framed;
    const start = tokens.start(token);
    const count = tokens.end(token) - start;
    if (count < this.#config.minWordLength || !tokens.isWordLike(token)) return 0;
    const kept = Math.min(count, MAX_WORD_POINTS);
    framed[0] = WORD_START;
    for (let i = 0; i < kept; i++) framed[i + 1] = tokens.points[start + i] ?? 0;
    framed[kept + 1] = WORD_END;
    return kept + 2;
  }

  #hashToken(hash: number, token: number): number {
    const { points } = this.#tokens;
    const end = this.#tokens.end(token);
    for (let i = this.#tokens.start(token); i < end; i++) hash = hashPoint(hash, points[i] ?? 0);
    return hash;
  }
}
