/**
 * The tokens of one text, kept as code points in one array that is used again for the next text: featurising makes no garbage.
 * Knows how a token is written, not where one begins.
 */
import { DIGIT, kindOf, LETTER, lowerCase } from './characters.js';

const HASH_SIGN = 0x23;

export class TokenList {
  /** Tokens held. */
  count = 0;
  /** Code points of all tokens, one after the other. Token i is `points[i === 0 ? 0 : ends[i - 1] .. ends[i])`. */
  points = new Int32Array(1024);
  readonly ends: Int32Array;
  private written = 0;
  private cut = false;

  constructor(readonly maxTokens: number) {
    this.ends = new Int32Array(maxTokens);
  }

  get full(): boolean {
    return this.count >= this.maxTokens;
  }

  /** Empties the list and makes room for the tokens of a text of `length` characters. */
  reset(length: number): void {
    this.count = 0;
    this.written = 0;
    this.cut = false;
    // A text's own tokens need no more points than it has; a marker needs at most 5.
    const room = length + 5 * this.maxTokens;
    if (this.points.length < room) this.points = new Int32Array(room);
  }

  start(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }

  end(index: number): number {
    return this.ends[index] ?? 0;
  }

  /** Adds a code point, lower-cased, to the token that is being written; the third and further equal ones in a row are cut. */
  write(point: number): void {
    const lower = lowerCase(point);
    const at = this.written;
    if (at - this.start(this.count) >= 2 && this.points[at - 1] === lower && this.points[at - 2] === lower) {
      this.cut = true;
      return;
    }
    this.points[at] = lower;
    this.written = at + 1;
  }

  /** Ends the token that is being written. True when a run of equal characters was cut in it. Must not be called on a full list. */
  finish(): boolean {
    this.ends[this.count++] = this.written;
    const { cut } = this;
    this.cut = false;
    return cut;
  }

  /** Adds a whole token as it stands, unless the list is full. */
  push(points: readonly number[]): void {
    if (this.full) return;
    for (const point of points) this.points[this.written++] = point;
    this.finish();
  }

  /** True for words, numbers and hashtags: the tokens whose character n-grams mean something. */
  isWordLike(index: number): boolean {
    const first = this.points[this.start(index)] ?? 0;
    return first === HASH_SIGN || (kindOf(first) & (LETTER | DIGIT)) !== 0;
  }

  /** The tokens as strings, for people and tests. */
  toStrings(): string[] {
    return Array.from({ length: this.count }, (_, i) =>
      String.fromCodePoint(...this.points.subarray(this.start(i), this.end(i))),
    );
  }
}
