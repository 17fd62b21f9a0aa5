/** Locates the tokens of a text in it, to show what each of them contributed. */
import { codePointOffsets } from './normalise.js';
import { TokenList } from './token-list.js';
import { Tokeniser } from './tokenise.js';

export interface Span {
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/**
 * The ranges of the first `most` tokens, in order and without overlap. A marker shares its word's range and is not
 * listed again.
 */
export function tokenSpans(text: string, most: number): readonly Span[] {
  const tokens = new TokenList(most);
  new Tokeniser(tokens).tokenise(text);
  const offsets = codePointOffsets(text);
  const spans: Span[] = [];
  for (let i = 0; i < tokens.count; i++) {
    const start = offsets[tokens.from[i] ?? 0] ?? text.length;
    const end = offsets[tokens.to[i] ?? 0] ?? text.length;
    if (spans.at(-1)?.start !== start) spans.push({ start, end });
  }
  return spans;
}
