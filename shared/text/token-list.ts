/**
 * The tokens of one text, in arrays reused for the next text, so that featurising makes no garbage. Knows how a token
 * is stored, not where one begins.
 */
import { lowerCase } from './characters.js';
import { checkPoint, hashPoint, WORD_SEED } from './hash.js';
import { hasNgrams } from './word-hashes.js';

export class TokenList {
  /** Number of tokens held. */
  count = 0;
  /** Code points of all tokens, one after the other. Token i is `points[i === 0 ? 0 : ends[i - 1] .. ends[i])`. */
  points = new Int32Array(1024);
  readonly ends: Int32Array;
  /** Per token, not yet mixed: computed as it is written. */
  readonly hashes: Int32Array;
  /** Per token, by {@link checkPoint}. */
  readonly checks: Int32Array;
  /** Per token: its range in the text's code points, end exclusive. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /**
   * Code points written, including those of an unfinished token. With `points`, for callers that write a token
   * themselves.
   */
  written = 0;

  constructor(readonly maxTokens: number) {
    this.ends = new Int32Array(maxTokens);
    this.hashes = new Int32Array(maxTokens);
    this.checks = new Int32Array(maxTokens);
    this.from = new Int32Array(maxTokens);
    this.to = new Int32Array(maxTokens);
  }

  get full(): boolean {
    return this.count >= this.maxTokens;
  }

  /** Empties the list and makes room for the tokens of a text of `length` characters. */
  reset(length: number): void {
    this.count = 0;
    this.written = 0;
    // A text's own tokens need no more points than it has; a marker needs at most 5.
    const room = length + 5 * this.maxTokens;
    if (this.points.length < room) this.points = new Int32Array(2 * room);
  }

  start(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }

  end(index: number): number {
    return this.ends[index] ?? 0;
  }

  /** Ends the token that was written up to `written`. Must not be called on a full list. */
  finish(hash: number, check: number, written: number, from: number, to: number): void {
    const { count } = this;
    this.written = written;
    this.ends[count] = written;
    this.hashes[count] = hash;
    this.checks[count] = check;
    this.from[count] = from;
    this.to[count] = to;
    this.count = count + 1;
  }

  /** Adds a fixed token, unless the list is full. */
  push({ points, hash, check }: FixedToken, from: number, to: number): void {
    if (this.full) return;
    let at = this.written;
    for (let i = 0; i < points.length; i++) this.points[at++] = points[i] ?? 0;
    this.finish(hash, check, at, from, to);
  }

  /** Adds a token of one code point. */
  pushPoint(point: number, at: number): void {
    this.points[this.written] = point;
    this.finish(hashPoint(WORD_SEED, point), checkPoint(0, point), this.written + 1, at, at + 1);
  }

  /** Adds `source[from .. to)` in lower case; runs of equal characters are cut to two. */
  pushFolded(source: Int32Array, from: number, to: number): void {
    const start = this.written;
    let written = start;
    let hash = WORD_SEED;
    let check = 0;
    for (let i = from; i < to; i++) {
      const point = lowerCase(source[i] ?? 0);
      if (written - start >= 2 && this.points[written - 1] === point && this.points[written - 2] === point) continue;
      this.points[written++] = point;
      hash = hashPoint(hash, point);
      check = checkPoint(check, point);
    }
    this.finish(hash, check, written, from, to);
  }

  /** True for words, numbers and hashtags: the tokens whose character n-grams are meaningful. */
  isWordLike(index: number): boolean {
    return hasNgrams(this.points[this.start(index)] ?? 0);
  }

  /** The tokens as strings, for people and tests. */
  toStrings(): string[] {
    return Array.from({ length: this.count }, (_, i) => this.text(i));
  }

  /** One token as a string. */
  text(index: number): string {
    let text = '';
    const end = this.end(index);
    for (let i = this.start(index); i < end; i++) text += String.fromCodePoint(this.points[i] ?? 0);
    return text;
  }
}

export interface FixedToken {
  readonly points: readonly number[];
  readonly hash: number;
  readonly check: number;
}

export function fixedToken(text: string): FixedToken {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  return { points, hash: points.reduce(hashPoint, WORD_SEED), check: points.reduce(checkPoint, 0) };
}
