/**
 * Finds a tokenizer's added tokens in a text: they are ids as they stand, and the text between them is tokenised. Pure.
 */

import type { AddedToken } from '../../../shared/text/tokenizer/steps.js';

/** The id of an added token, or a stretch of text. */
export type Stretch = number | string;

const ENDS_WITH_WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]$/u;
const STARTS_WITH_WORD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]/u;
const SPACES_AT_START = /^\p{White_Space}+/u;
const SPACE = /\p{White_Space}/u;

export class AddedTokens {
  /** By first UTF-16 unit, the longest first: of two that begin at one place, the longer is meant. */
  readonly #byFirst = new Map<string, readonly AddedToken[]>();
  readonly #first: RegExp | undefined;

  /** @param tokens with their contents as they stand in the text that is searched */
  constructor(tokens: readonly AddedToken[]) {
    const found = new Map<string, AddedToken[]>();
    for (const token of tokens) {
      const [first] = token.content.split('', 1);
      if (first === undefined) continue;
      const group = found.get(first);
      if (group === undefined) found.set(first, [token]);
      else group.push(token);
    }
    for (const [first, group] of found)
      this.#byFirst.set(
        first,
        group.sort((a, b) => b.content.length - a.content.length),
      );
    const units = [...found.keys()].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    if (units.length > 0) this.#first = new RegExp(`[${units.join('')}]`, 'g');
  }

  /** The text itself when it holds none of them. */
  split(text: string): readonly Stretch[] {
    if (this.#first === undefined) return [text];
    const parts: Stretch[] = [];
    let from = 0;
    this.#first.lastIndex = 0;
    for (let hit = this.#first.exec(text); hit !== null; hit = this.#first.exec(text)) {
      const token = this.#at(text, hit.index);
      if (token === undefined) continue;
      let [start, end] = [hit.index, hit.index + token.content.length];
      // One that may not stand here still covers its place.
      this.#first.lastIndex = end;
      if (token.singleWord && isInWord(text, start, end)) continue;
      if (token.lstrip) while (start > from && SPACE.test(text.charAt(start - 1))) start -= 1;
      if (token.rstrip) end += SPACES_AT_START.exec(text.slice(end))?.[0].length ?? 0;
      if (from < start) parts.push(text.slice(from, start));
      parts.push(token.id);
      from = end;
    }
    if (from < text.length) parts.push(from === 0 ? text : text.slice(from));
    return parts;
  }

  #at(text: string, index: number): AddedToken | undefined {
    for (const token of this.#byFirst.get(text.charAt(index)) ?? [])
      if (text.startsWith(token.content, index)) return token;
    return undefined;
  }
}

/** Two units hold the character beside. */
function isInWord(text: string, start: number, end: number): boolean {
  return (
    ENDS_WITH_WORD.test(text.slice(Math.max(0, start - 2), start)) || STARTS_WITH_WORD.test(text.slice(end, end + 2))
  );
}
