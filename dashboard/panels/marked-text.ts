/** A text with the words underlined that moved its score. Texts are only ever inserted as text. */

import type { WordWeight } from '@tickcast/client';
import { pull } from '../data/sentiment.js';
import { make } from '../ui/dom.js';
import { signedScore } from '../ui/format.js';

/** The text up to `end`, with its words as elements. Words that overlap or pass the end stay plain. */
export function markedText(
  text: string,
  end: number,
  words: readonly WordWeight[],
  label: string | undefined,
): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] = [];
  let at = 0;
  for (const word of [...words].sort((a, b) => a.start - b.start)) {
    if (word.start < at || word.end > end || word.end <= word.start) continue;
    parts.push(text.slice(at, word.start), wordNode(text.slice(word.start, word.end), word.weight, label));
    at = word.end;
  }
  parts.push(text.slice(at, end));
  return parts;
}

/** The same for screen readers: `words: joy +0.42`; empty without words. */
export function spokenWords(text: string, words: readonly WordWeight[], label: string | undefined): string {
  const said = words.map(({ start, end, weight }) => {
    return `${text.slice(start, end)} ${signedScore(pull(weight, label).value)}`;
  });
  return said.length === 0 ? '' : `words: ${said.join(', ')}`;
}

function wordNode(text: string, weight: number, label: string | undefined): HTMLElement {
  const { tone, value } = pull(weight, label);
  const node = make('span', 'word', text);
  const size = Math.abs(weight);
  node.dataset.weight = size < 0.1 ? '1' : size < 0.3 ? '2' : '3';
  node.dataset.tone = tone;
  node.dataset.pull = tone === 'neutral' ? `${signedScore(value)} to neutral` : signedScore(value);
  return node;
}
