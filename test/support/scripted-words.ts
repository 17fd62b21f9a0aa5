/** Texts and scores of the scripted hub: a handful of weighted words, always the same. */

import type { WordWeight } from '../../shared/protocol.js';
import type { SampleItem } from '../../shared/stream-protocol.js';

export const LABELS = ['negative', 'neutral', 'positive'];

const WEIGHTS: Readonly<Record<string, number>> = {
  joy: 0.42,
  great: 0.35,
  love: 0.4,
  thank: 0.12,
  smoothly: 0.28,
  best: 0.3,
  finally: 0.08,
  editor: 0.06,
  رائع: 0.3,
  crashed: -0.41,
  never: -0.18,
  expensive: -0.24,
  endless: -0.2,
  dragged: -0.3,
  worst: -0.45,
  broken: -0.35,
  too: -0.06,
};

export const TEXTS: Readonly<Record<'positive' | 'neutral' | 'negative', readonly string[]>> = {
  positive: [
    'The new editor is an absolute joy to use, thank you',
    'Battery life is finally great, two full days',
    'عرض رائع اليوم، شكرا لكم',
    'Love the quiet fan, first laptop I forget is on',
    'Demo went smoothly on my old phone too 🎉',
    'Best launch in years',
  ],
  neutral: [
    'Stream starts again at 14:30 for the second half',
    'Does the adapter come in the box?',
    '<b>bold?</b> tags are shown as text here',
  ],
  negative: [
    'Checkout crashed twice and support never answered',
    'Too expensive for what it does',
    'Queue at the booth is endless',
    'The stage sound is broken and nobody seems to notice it, which is the worst thing that can happen to a keynote this long',
  ],
};

/** Scores in the order of the labels, and the best of them. */
export function scoreText(text: string): { prediction: number[]; label: string; score: number } {
  let sum = 0;
  for (const word of text.toLowerCase().match(/[\p{L}]+/gu) ?? []) sum += WEIGHTS[word] ?? 0;
  const positive = Math.min(0.97, Math.max(0.02, 0.34 + sum));
  const negative = Math.min(0.97, Math.max(0.02, 0.3 - sum));
  const neutral = Math.max(0.03, 1 - positive - negative);
  const all = positive + neutral + negative;
  const prediction = [negative / all, neutral / all, positive / all];
  const best = prediction.indexOf(Math.max(...prediction));
  return { prediction, label: LABELS[best] ?? 'neutral', score: prediction[best] ?? 0 };
}

/** The words of a text that weigh most for its label, at most three. */
export function wordsOf(text: string, label: string): WordWeight[] {
  const words: WordWeight[] = [];
  for (const match of text.matchAll(/[\p{L}]+/gu)) {
    const weight = WEIGHTS[match[0].toLowerCase()];
    if (weight === undefined || label === 'neutral') continue;
    words.push({
      start: match.index,
      end: match.index + match[0].length,
      weight: label === 'negative' ? -weight : weight,
    });
  }
  return words.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, 3);
}

export function sampleOf(text: string, label: string, score: number, offset: number, at: number): SampleItem {
  const item = { offset, at, from: 'feed', prediction: scoreText(text).prediction, model: 'sentiment@3', label, score };
  const cut = text.length > 2000 ? { text: text.slice(0, 2000), textLength: text.length } : { text };
  return { ...item, ...cut, words: wordsOf(cut.text, label) };
}
