// A corpus as the network reads it: the n-grams of all texts in one row of arrays, without padding.
import { createFeaturiser, type FeaturiserConfig } from '../../shared/text/featuriser.js';
import { type Example, LABELS } from './corpus.js';

export interface FeatureSet {
  /** Texts. */
  readonly count: number;
  /** Text i has the n-grams `starts[i] .. starts[i + 1]` of `ids` and `weights`. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
  readonly weights: Float32Array;
  readonly labels: Uint8Array;
}

export function featurise(examples: readonly Example[], config: FeaturiserConfig): FeatureSet {
  const featuriser = createFeaturiser(config);
  const rowIds = new Int32Array(config.length);
  const rowWeights = new Float32Array(config.length);
  const starts = new Int32Array(examples.length + 1);
  const ids = new Int32Array(examples.length * config.length);
  const weights = new Float32Array(ids.length);
  let used = 0;
  for (const [index, { text }] of examples.entries()) {
    featuriser.write(text, 0, [rowIds, rowWeights]);
    const padding = rowIds.indexOf(0);
    const size = padding === -1 ? config.length : padding;
    ids.set(rowIds.subarray(0, size), used);
    weights.set(rowWeights.subarray(0, size), used);
    used += size;
    starts[index + 1] = used;
  }
  return {
    count: examples.length,
    starts,
    ids: ids.slice(0, used),
    weights: weights.slice(0, used),
    labels: Uint8Array.from(examples, ({ label }) => label),
  };
}

/** Weights that let each class count by its rarity to the given power, with mean 1 over the texts. */
export function classWeights(labels: Uint8Array, power: number): number[] {
  const counts = LABELS.map((_, label) => labels.reduce((sum, other) => sum + (other === label ? 1 : 0), 0));
  const raw = counts.map((count) => (count === 0 ? 0 : (labels.length / count) ** power));
  const mean = raw.reduce((sum, weight, label) => sum + weight * (counts[label] ?? 0), 0) / labels.length;
  return raw.map((weight) => weight / mean);
}
