/**
 * Splits a text into the tokens that models know: words in lower case, emoticons, emoji, runs of punctuation, and
 * markers for shouting and drawn-out letters. Hashes in the same pass and stops after `maxTokens` tokens. Trained
 * models depend on every rule here: a changed rule needs a featuriser with a new name.
 */
import { DIGIT, isSkinTone, kindOf, LETTER, LOWER, lowerCase, PICTOGRAPH, SPACE, UPPER, WORD } from './characters.js';
import { EmoticonFinder, mayStartEmoticon } from './emoticon.js';
import { checkPoint, hashPoint, WORD_SEED } from './hash.js';
import { LinkFinder } from './link.js';
import { CodePoints } from './normalise.js';
import { fixedToken, type TokenList } from './token-list.js';

const BANG = 0x21;
const HASH_SIGN = 0x23;
const PERCENT = 0x25;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const DOT = 0x2e;
const COLON = 0x3a;
const QUESTION = 0x3f;
const AT_SIGN = 0x40;
const UPPER_W = 0x57;
const LOWER_W = 0x77;
const ZERO_WIDTH_JOINER = 0x200d;
const ELLIPSIS = 0x2026;
const EMOJI_STYLE = 0xfe0f;

const NAME = fixedToken('@');
const NUMBER = fixedToken('0');
const DOTS = fixedToken('..');
const EXCLAMATION = fixedToken('!');
const EXCLAMATIONS = fixedToken('!!');
const QUESTION_MARK = fixedToken('?');
const QUESTION_MARKS = fixedToken('??');
const MIXED_MARKS = fixedToken('!?');
/** Follows a word in which a run of three or more equal letters was cut to two. */
const DRAWN_OUT = fixedToken('\u0001el');
/** Follows a word of three or more letters, none of them lower-case. */
const SHOUTED = fixedToken('\u0001caps');
const SHORTEST_SHOUT = 3;

/**
 * Results of {@link kindOf} and {@link lowerCase} for ASCII, and whether an emoticon may begin: enough for most
 * characters.
 */
const asciiKinds = Uint8Array.from({ length: 128 }, (_, point) => kindOf(point) & ~128);
const asciiLower = Uint8Array.from({ length: 128 }, (_, point) => lowerCase(point));

export class Tokeniser {
  readonly #source = new CodePoints();
  readonly #links = new LinkFinder();
  readonly #emoticons = new EmoticonFinder();

  constructor(readonly tokens: TokenList) {}

  /** Fills `tokens` from `text`. */
  tokenise(text: string): void {
    this.#source.readString(text);
    this.#scan();
  }

  /** Fills `tokens` from the UTF-8 of a text. */
  tokeniseUtf8(bytes: Uint8Array, start: number, end: number): void {
    this.#source.readUtf8(bytes, start, end);
    this.#scan();
  }

  #scan(): void {
    const { tokens } = this;
    const links = this.#links;
    const emoticons = this.#emoticons;
    const { points, length, hasSlash } = this.#source;
    tokens.reset(length);
    links.begin(points, length);
    emoticons.begin(points, length);
    for (let at = 0; at < length && !tokens.full; ) {
      const point = points[at] ?? 0;
      const kind = point < 128 ? (asciiKinds[point] ?? 0) : kindOf(point);
      if ((kind & SPACE) !== 0) {
        at++;
        continue;
      }
      if (hasSlash || point === LOWER_W || point === UPPER_W) {
        const linkEnd = links.endOf(at, hasSlash);
        if (linkEnd !== -1) {
          at = linkEnd;
          continue;
        }
      }
      if (mayStartEmoticon(point, points[at + 1] ?? 0)) {
        const end = emoticons.endOf(at);
        if (end !== -1) {
          tokens.pushFolded(points, at, end);
          at = end;
          continue;
        }
      }
      if ((kind & LETTER) !== 0) {
        at = this.#word(at, WORD);
      } else if ((kind & DIGIT) !== 0) {
        const end = this.#numberEnd(at);
        tokens.push(NUMBER, at, end);
        at = end;
      } else {
        at = this.#symbol(at, point, kind);
      }
    }
  }

  /** Handles everything except links, emoticons, words and numbers. Returns where the next token may begin. */
  #symbol(at: number, point: number, kind: number): number {
    const { tokens } = this;
    const { points } = this.#source;
    switch (point) {
      case BANG:
      case QUESTION:
        return this.#exclamation(at);
      case AT_SIGN:
        if ((kindOf(points[at + 1] ?? 0) & WORD) === 0) break;
        {
          const end = this.#wordEnd(at + 1);
          tokens.push(NAME, at, end);
          return end;
        }
      case HASH_SIGN:
        if ((kindOf(points[at + 1] ?? 0) & WORD) === 0) break;
        return this.#word(at, WORD);
      case ELLIPSIS:
        tokens.push(DOTS, at, at + 1);
        return at + 1;
      case DOT: {
        let end = at + 1;
        while (points[end] === DOT) end++;
        if (end === at + 1) break;
        tokens.push(DOTS, at, end);
        return end;
      }
    }
    if ((kind & PICTOGRAPH) !== 0) {
      if (!isSkinTone(point)) tokens.pushPoint(point, at);
    } else if ((kind & WORD) === 0 && point !== EMOJI_STYLE && point !== ZERO_WIDTH_JOINER) {
      tokens.pushPoint(point, at);
    }
    return at + 1;
  }

  /** A run of `!` and `?` becomes `!`, `!!`, `?`, `??`, or `!?` when it mixes both. */
  #exclamation(start: number): number {
    const { points } = this.#source;
    let bangs = 0;
    let questions = 0;
    let at = start;
    for (; ; at++) {
      if (points[at] === BANG) bangs++;
      else if (points[at] === QUESTION) questions++;
      else break;
    }
    let token = MIXED_MARKS;
    if (questions === 0) token = bangs > 1 ? EXCLAMATIONS : EXCLAMATION;
    else if (bangs === 0) token = questions > 1 ? QUESTION_MARKS : QUESTION_MARK;
    this.tokens.push(token, start, at);
    return at;
  }

  /**
   * Adds the word or hashtag at `start` and its markers; returns where it ends. `isn't`, `rock'n'roll`: an apostrophe
   * followed by a letter belongs to the word and is dropped; only letters continue the word after it.
   */
  #word(start: number, accepted: number): number {
    const { tokens } = this;
    const { points } = this.#source;
    const out = tokens.points;
    let written = tokens.written;
    let hash = WORD_SEED;
    let check = 0;
    let last = -1;
    let lastButOne = -1;
    let kinds = 0;
    let cut = false;
    let at = start;
    const isTag = points[start] === HASH_SIGN;
    if (isTag) {
      out[written++] = HASH_SIGN;
      hash = hashPoint(hash, HASH_SIGN);
      check = checkPoint(check, HASH_SIGN);
      at++;
    }
    for (; ; at++) {
      let point = points[at] ?? 0;
      let kind: number;
      if (point < 128) {
        kind = asciiKinds[point] ?? 0;
        if ((kind & accepted) === 0) {
          if (point !== APOSTROPHE || isTag || (kindOf(points[at + 1] ?? 0) & LETTER) === 0) break;
          accepted = LETTER;
          continue;
        }
        point = asciiLower[point] ?? 0;
      } else {
        kind = kindOf(point);
        if ((kind & accepted) === 0) break;
        if ((kind & UPPER) !== 0) point = lowerCase(point);
      }
      kinds |= kind;
      if (point === last && point === lastButOne) {
        cut = true;
        continue;
      }
      out[written++] = point;
      hash = hashPoint(hash, point);
      check = checkPoint(check, point);
      lastButOne = last;
      last = point;
    }
    tokens.finish(hash, check, written, start, at);
    if (cut) tokens.push(DRAWN_OUT, start, at);
    if (at - start >= SHORTEST_SHOUT && (kinds & (UPPER | LOWER)) === UPPER) tokens.push(SHOUTED, start, at);
    return at;
  }

  #wordEnd(at: number): number {
    const { points } = this.#source;
    while ((kindOf(points[at] ?? 0) & WORD) !== 0) at++;
    return at;
  }

  /** `3`, `1,000.50`, `10:30`, `50%`, `2nd`. */
  #numberEnd(at: number): number {
    const { points } = this.#source;
    for (; ; at++) {
      const point = points[at] ?? 0;
      if ((kindOf(point) & DIGIT) === 0 && point !== DOT && point !== COMMA && point !== COLON) break;
    }
    if (points[at] === PERCENT) at++;
    return this.#wordEnd(at);
  }
}
