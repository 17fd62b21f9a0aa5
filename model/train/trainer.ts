// The training loop: shuffled batches, learning rate down to zero, one seed for all chance. Knows no files.
import { LABELS } from './corpus.js';
import { EmbeddingBag } from './embedding-bag.js';
import type { TfCore } from './engine.js';
import { classWeights, type FeatureSet } from './features.js';
import { Head, type HeadParameter } from './head.js';
import { Random } from './random.js';

export interface Recipe {
  readonly seed: number;
  readonly epochs: number;
  readonly batchRows: number;
  /** Length of an n-gram's vector. */
  readonly width: number;
  /** Units of the hidden layer. */
  readonly hidden: number;
  /** Learning rate of the first steps; falls in a line to 0. */
  readonly rate: number;
  /** Steps in which the learning rate rises to `rate`. */
  readonly warmUpSteps: number;
  /** Share of the numbers between layers that a step leaves out. */
  readonly dropout: number;
  /** Share of the n-grams that a step leaves out. */
  readonly ngramDropout: number;
  readonly labelSmoothing: number;
  /** 0: every text counts alike; 1: every class counts alike. */
  readonly balance: number;
}

export interface TrainedNetwork {
  readonly table: Float32Array;
  readonly rows: number;
  readonly width: number;
  readonly hidden: number;
  readonly head: readonly HeadParameter[];
}

export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  /** Mean of the last steps. */
  readonly loss: number;
}

export function train(
  tf: TfCore,
  set: FeatureSet,
  buckets: number,
  recipe: Recipe,
  report: (progress: Progress) => void,
): TrainedNetwork {
  const random = new Random(recipe.seed);
  const { width, hidden, batchRows } = recipe;
  const bag = new EmbeddingBag(buckets, width);
  const head = new Head(
    tf,
    {
      width,
      hidden,
      classes: LABELS.length,
      dropout: recipe.dropout,
      labelSmoothing: recipe.labelSmoothing,
      classWeights: classWeights(set.labels, recipe.balance),
    },
    random,
  );
  const order = Int32Array.from({ length: set.count }, (_, i) => i);
  const steps = recipe.epochs * Math.ceil(set.count / batchRows);
  let step = 0;
  let loss = 0;
  for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
    random.shuffle(order);
    for (let from = 0; from < order.length; from += batchRows) {
      const batch = order.subarray(from, from + batchRows);
      step++;
      const rate = recipe.rate * Math.min(step / recipe.warmUpSteps, 1) * (1 - (step - 1) / steps);
      const keep = random.dropout(bag.visits(set, batch), recipe.ngramDropout);
      const labels = Uint8Array.from(batch, (text) => set.labels[text] ?? 0);
      const result = head.train(bag.sum(set, batch, keep), labels, random, rate, step);
      bag.update(set, batch, keep, result.slopes, rate, step);
      loss = step === 1 ? result.loss : 0.95 * loss + 0.05 * result.loss;
      report({ step, steps, epoch, loss });
    }
  }
  return { table: bag.table, rows: buckets, width, hidden, head: head.parameters };
}
