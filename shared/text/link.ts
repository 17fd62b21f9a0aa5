/**
 * Finds links: `https://...`, `www....`, and bare `example.com/...` for a few common domains. Their content is not
 * read.
 */
import { kindOf, SPACE, WORD } from './characters.js';

const DOT = 0x2e;
const HYPHEN = 0x2d;
const SLASH = 0x2f;

const PREFIXES = ['https://', 'http://', 'www.'];
const ENDINGS = ['.com', '.org', '.net', '.ly', '.co', '.it', '.uk'];

/** Finds the links of one text after {@link begin}. Remembers host names, so that no character is read repeatedly. */
export class LinkFinder {
  #points = new Int32Array(0);
  #length = 0;
  #hostEnd = 0;

  begin(points: Int32Array<ArrayBuffer>, length: number): void {
    this.#points = points;
    this.#length = length;
    this.#hostEnd = 0;
  }

  /**
   * End of the link that starts at `at`, or -1. `hasSlash`: whether the text contains a slash, which bare links need.
   */
  endOf(at: number, hasSlash: boolean): number {
    for (const prefix of PREFIXES) {
      if (this.#holds(prefix, at)) return this.#wordsEnd(at + prefix.length);
    }
    return hasSlash ? this.#bareLinkEnd(at) : -1;
  }

  #bareLinkEnd(at: number): number {
    const first = this.#points[at] ?? 0;
    if (!isHostPoint(first) || this.#isWord(at) === this.#isWord(at - 1)) return -1;
    if (this.#hostEnd <= at) {
      this.#hostEnd = at + 1;
      while (this.#hostEnd < this.#length && isHostPoint(this.#points[this.#hostEnd] ?? 0)) this.#hostEnd++;
    }
    const end = this.#hostEnd;
    if (end >= this.#length || this.#points[end] !== SLASH) return -1;
    for (const ending of ENDINGS) {
      if (end - ending.length > at && this.#holds(ending, end - ending.length)) return this.#wordsEnd(end);
    }
    return -1;
  }

  #isWord(at: number): boolean {
    return at >= 0 && (kindOf(this.#points[at] ?? 0) & WORD) !== 0;
  }

  /** `text` is lower-case; the characters at `at` may have either case. */
  #holds(text: string, at: number): boolean {
    if (at + text.length > this.#length) return false;
    for (let i = 0; i < text.length; i++) {
      if (foldAscii(this.#points[at + i] ?? 0) !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  #wordsEnd(at: number): number {
    while (at < this.#length && (kindOf(this.#points[at] ?? 0) & SPACE) === 0) at++;
    return at;
  }
}

function foldAscii(point: number): number {
  return point >= 0x41 && point <= 0x5a ? point + 0x20 : point;
}

function isHostPoint(point: number): boolean {
  const lower = foldAscii(point);
  return (lower >= 0x61 && lower <= 0x7a) || (point >= 0x30 && point <= 0x39) || point === DOT || point === HYPHEN;
}
