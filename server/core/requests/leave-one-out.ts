/**
 * The contribution of each part of a text to its score: the score of the text minus that of the text without the part.
 */

import type { WordWeight } from '../../../shared/protocol.js';
import type { Span } from '../../../shared/text/token-spans.js';

/** The text without each of the spans in turn. */
export function withoutEach(text: string, spans: readonly Span[]): readonly string[] {
  return spans.map(({ start, end }) => `${text.slice(0, start)}${text.slice(end)}`);
}

/**
 * The spans with their weights, to four decimals. `scoreWithout` returns the score of the text without the span at an
 * index.
 */
export function weigh(
  spans: readonly Span[],
  score: number,
  scoreWithout: (index: number) => number,
): readonly WordWeight[] {
  return spans.map((span, i) => ({ ...span, weight: Math.round((score - scoreWithout(i)) * 1e4) / 1e4 }));
}
