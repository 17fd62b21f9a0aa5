/** The page's three tones, and which label of a model stands for which. Knows no DOM. */

export const TONES = ['positive', 'neutral', 'negative'] as const;
export type Tone = (typeof TONES)[number];

export const GLYPHS: Readonly<Record<Tone, string>> = { positive: '▲', neutral: '●', negative: '▼' };

/** A label that names neither side counts as neutral. */
export function toneOf(label: string | undefined): Tone {
  const name = label?.toLowerCase() ?? '';
  if (name.startsWith('pos')) return 'positive';
  return name.startsWith('neg') ? 'negative' : 'neutral';
}

/** True when the labels distinguish the two sides: other models have no mood to show. */
export function isSentiment(labels: readonly string[]): boolean {
  const tones = new Set(labels.map(toneOf));
  return tones.has('positive') && tones.has('negative');
}

/**
 * A word's effect on the axis from negative to positive. `weight`: its contribution to the score of the item's label.
 */
export function pull(weight: number, label: string | undefined): { readonly tone: Tone; readonly value: number } {
  const tone = toneOf(label);
  if (tone === 'neutral') return { tone, value: weight };
  const value = tone === 'positive' ? weight : -weight;
  return { tone: value < 0 ? 'negative' : 'positive', value };
}
