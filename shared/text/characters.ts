/**
 * Classifies code points for the tokeniser. Results for the first two planes (which include emoji) are computed on
 * first use, so that a lookup is one load. Knows nothing of tokens.
 */

/** A letter of any script. */
export const LETTER = 1;
/** A decimal digit of any script. */
export const DIGIT = 2;
/** A letter, a digit or the underscore: what may continue a word. */
export const WORD = 4;
export const SPACE = 8;
/** A lower-case letter. */
export const LOWER = 16;
/** An upper-case or title-case letter. */
export const UPPER = 32;
/** A pictograph, arrow or symbol that is a token of its own: U+2190-2BFF, U+3030, U+303D, U+1F000-1FAFF. */
export const PICTOGRAPH = 64;
const KNOWN = 128;

const KEPT = 0x20000;
const kinds = new Uint8Array(KEPT);

/** The kinds of a code point, or-ed. Accepts any integer from 0 to 0x10FFFF, lone surrogates included. */
export function kindOf(point: number): number {
  if (point >= KEPT) return classify(point);
  const known = kinds[point] ?? 0;
  if (known !== 0) return known;
  const kind = classify(point) | KNOWN;
  kinds[point] = kind;
  return kind;
}

function classify(point: number): number {
  const text = String.fromCodePoint(point);
  let kind = 0;
  if (/\p{L}/u.test(text)) kind |= LETTER | WORD;
  if (/\p{Nd}/u.test(text)) kind |= DIGIT | WORD;
  if (text === '_') kind |= WORD;
  if (/\s/u.test(text)) kind |= SPACE;
  if (/\p{Ll}/u.test(text)) kind |= LOWER;
  if (/[\p{Lu}\p{Lt}]/u.test(text)) kind |= UPPER;
  if (isPictograph(point)) kind |= PICTOGRAPH;
  return kind;
}

function isPictograph(point: number): boolean {
  return (
    (point >= 0x2190 && point <= 0x2bff) ||
    point === 0x3030 ||
    point === 0x303d ||
    (point >= 0x1f000 && point <= 0x1faff)
  );
}

/** The five skin tones that may follow an emoji. */
export function isSkinTone(point: number): boolean {
  return point >= 0x1f3fb && point <= 0x1f3ff;
}

/** Lower case of a single code point: always one code point (the dotted capital I loses its dot). */
export function lowerCase(point: number): number {
  if (point < 0x80) return point >= 0x41 && point <= 0x5a ? point + 0x20 : point;
  if ((kindOf(point) & UPPER) === 0) return point;
  return String.fromCodePoint(point).toLowerCase().codePointAt(0) ?? point;
}
