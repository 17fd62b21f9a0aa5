/** Where the tokens of a text stand in it: for showing which of them did what. */
import { codePointOffsets } from './normalise.js';
import { TokenList } from './token-list.js';
import { Tokeniser } from './tokenise.js';

export interface Span {
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The places of the first `most` tokens, in order and without overlap. A marker stands where its word does and is not listed again. */
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
