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

/** The scores by tone; undefined for a model without such labels. */
export function scoresByTone(prediction: unknown, labels: readonly string[]): Record<Tone, number> | undefined {
  const given = Array.isArray(prediction) ? prediction.flat(2) : [];
  // One number for two labels is the score of the second.
  const values = given.length === 1 && labels.length === 2 ? [1 - Number(given[0]), given[0]] : given;
  if (labels.length === 0 || values.length !== labels.length) return undefined;
  const scores = { positive: 0, neutral: 0, negative: 0 };
  for (const [index, label] of labels.entries()) scores[toneOf(label)] += Number(values[index] ?? 0);
  return scores;
}
