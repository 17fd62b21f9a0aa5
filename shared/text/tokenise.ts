/**
 * Splits a text into the tokens that n-grams are made of: words in lower case, emoticons, emoji, runs of punctuation, and markers for
 * shouting and drawn-out letters. One pass, at most `maxTokens` tokens; what follows the last one is not read. Trained models depend
 * on every rule here: a changed rule needs a featuriser with a new name.
 */
import { DIGIT, isSkinTone, kindOf, LETTER, LOWER, PICTOGRAPH, SPACE, UPPER, WORD } from './characters.js';
import { EmoticonFinder } from './emoticon.js';
import { LinkFinder } from './link.js';
import { normalise } from './normalise.js';
import type { TokenList } from './token-list.js';

const BANG = 0x21;
const HASH_SIGN = 0x23;
const PERCENT = 0x25;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const DOT = 0x2e;
const COLON = 0x3a;
const QUESTION = 0x3f;
const AT_SIGN = 0x40;
const ZERO_WIDTH_JOINER = 0x200d;
const ELLIPSIS = 0x2026;
const EMOJI_STYLE = 0xfe0f;

/** Follows a word in which a run of three or more equal letters was cut to two: U+0001 `el`. */
const DRAWN_OUT = [0x01, 0x65, 0x6c];
/** Follows a word of three or more letters without a lower-case one: U+0001 `caps`. */
const SHOUTED = [0x01, 0x63, 0x61, 0x70, 0x73];
const SHORTEST_SHOUT = 3;

export class Tokeniser {
  private points = new Int32Array(512);
  private length = 0;

  constructor(readonly tokens: TokenList) {}

  /** Fills `tokens` from `text`. */
  tokenise(text: string): void {
    if (this.points.length < text.length) this.points = new Int32Array(text.length);
    const { points, tokens } = this;
    const length = normalise(text, points);
    this.length = length;
    tokens.reset(length);
    const links = new LinkFinder(points, length);
    const emoticons = new EmoticonFinder(points, length);
    for (let at = 0; at < length && !tokens.full; ) {
      const point = points[at] ?? 0;
      const kind = kindOf(point);
      if ((kind & SPACE) !== 0) {
        at++;
        continue;
      }
      const linkEnd = links.endOf(at);
      if (linkEnd !== -1) {
        at = linkEnd;
        continue;
      }
      const nextIsWord = at + 1 < length && (this.kindAt(at + 1) & WORD) !== 0;
      if (point === AT_SIGN && nextIsWord) {
        tokens.push([AT_SIGN]);
        at = this.wordEnd(at + 1);
        continue;
      }
      const emoticonEnd = emoticons.endOf(at);
      if (emoticonEnd !== -1) {
        for (; at < emoticonEnd; at++) tokens.write(points[at] ?? 0);
        tokens.finish();
      } else if (point === HASH_SIGN && nextIsWord) {
        at = this.word(at, this.wordEnd(at + 1));
      } else if ((kind & LETTER) !== 0) {
        at = this.word(at, this.wordWithApostrophesEnd(at));
      } else if ((kind & DIGIT) !== 0) {
        tokens.push([0x30]);
        at = this.numberEnd(at);
      } else {
        at = this.symbol(at, point, kind);
      }
    }
  }

  /** Everything that is no link, name, emoticon, word or number. Returns where the next token may begin. */
  private symbol(at: number, point: number, kind: number): number {
    const { tokens } = this;
    if (point === BANG || point === QUESTION) return this.exclamation(at);
    if (point === ELLIPSIS) {
      tokens.push([DOT, DOT]);
    } else if (point === DOT && at + 1 < this.length && this.points[at + 1] === DOT) {
      tokens.push([DOT, DOT]);
      while (at + 1 < this.length && this.points[at + 1] === DOT) at++;
    } else if ((kind & PICTOGRAPH) !== 0) {
      if (!isSkinTone(point)) tokens.push([point]);
    } else if ((kind & WORD) === 0 && point !== EMOJI_STYLE && point !== ZERO_WIDTH_JOINER) {
      tokens.push([point]);
    }
    return at + 1;
  }

  /** A run of `!` and `?`: `!`, `!!`, `?`, `??`, or `!?` when both are in it. */
  private exclamation(at: number): number {
    let bangs = 0;
    let questions = 0;
    for (; at < this.length; at++) {
      if (this.points[at] === BANG) bangs++;
      else if (this.points[at] === QUESTION) questions++;
      else break;
    }
    if (bangs > 0 && questions > 0) this.tokens.push([BANG, QUESTION]);
    else if (bangs > 0) this.tokens.push(bangs > 1 ? [BANG, BANG] : [BANG]);
    else this.tokens.push(questions > 1 ? [QUESTION, QUESTION] : [QUESTION]);
    return at;
  }

  /** Writes the word from `start` to `end` and its markers. Returns `end`. */
  private word(start: number, end: number): number {
    const { tokens } = this;
    let cases = 0;
    for (let i = start; i < end; i++) {
      const point = this.points[i] ?? 0;
      cases |= kindOf(point);
      if (point !== APOSTROPHE) tokens.write(point);
    }
    if (tokens.finish()) tokens.push(DRAWN_OUT);
    if (end - start >= SHORTEST_SHOUT && (cases & (UPPER | LOWER)) === UPPER) tokens.push(SHOUTED);
    return end;
  }

  private kindAt(at: number): number {
    return kindOf(this.points[at] ?? 0);
  }

  private wordEnd(at: number): number {
    while (at < this.length && (this.kindAt(at) & WORD) !== 0) at++;
    return at;
  }

  /** `isn't`, `rock'n'roll`: an apostrophe belongs to the word when a letter follows. */
  private wordWithApostrophesEnd(at: number): number {
    at = this.wordEnd(at);
    while (at + 1 < this.length && this.points[at] === APOSTROPHE && (this.kindAt(at + 1) & LETTER) !== 0) {
      at++;
      while (at < this.length && (this.kindAt(at) & LETTER) !== 0) at++;
    }
    return at;
  }

  /** `3`, `1,000.50`, `10:30`, `50%`, `2nd`. */
  private numberEnd(at: number): number {
    while (at < this.length) {
      const point = this.points[at] ?? 0;
      if ((kindOf(point) & DIGIT) === 0 && point !== DOT && point !== COMMA && point !== COLON) break;
      at++;
    }
    if (at < this.length && this.points[at] === PERCENT) at++;
    return this.wordEnd(at);
  }
}
