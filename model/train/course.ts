/** The training loop: shuffled batches, a learning rate that rises and then falls to zero. Knows no files. */

import type { Lesson, Network, Regularisation } from './network/network.js';
import { MAX_CLASSES } from './network/network.js';
import type { Random } from './network/random.js';
import { Batch } from './texts/batch.js';
import type { Corpus } from './texts/corpus.js';

export interface Course extends Regularisation {
  readonly epochs: number;
  readonly batchTexts: number;
  /** Learning rate at the end of the warm-up; then falls linearly to 0. */
  readonly rate: number;
}

export interface Progress {
  readonly step: number;
  readonly steps: number;
  /** Mean of the last steps. */
  readonly loss: number;
}

/** Fills in the targets of text `text` of the corpus; they are zero before. Returns the head. */
export type Teach = (text: number, targets: Float32Array, at: number) => number;

const WARM_UP_STEPS = 40;

/** Trains on the given texts of the corpus, which it reorders. */
export function runCourse(
  network: Network,
  corpus: Corpus,
  vocabulary: number,
  texts: Int32Array,
  teach: Teach,
  course: Course,
  random: Random,
  report: (progress: Progress) => void,
): void {
  const { batchTexts, epochs } = course;
  const steps = epochs * Math.ceil(texts.length / batchTexts);
  const batch = new Batch(vocabulary);
  const lesson = { heads: new Uint8Array(batchTexts), targets: new Float32Array(batchTexts * MAX_CLASSES) };
  network.restart();
  let step = 0;
  let loss = 0;
  let rate = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(texts);
    for (let from = 0; from < texts.length; from += batchTexts) {
      step++;
      rate = course.rate * Math.min(step / WARM_UP_STEPS, 1) * (1 - (step - 1) / steps);
      batch.fill(corpus, texts.subarray(from, from + batchTexts));
      lesson.targets.fill(0);
      for (let i = 0; i < batch.count; i++) {
        lesson.heads[i] = teach(batch.texts[i] ?? 0, lesson.targets, i * MAX_CLASSES);
      }
      const current = network.learn(batch, lesson satisfies Lesson, course, step, rate);
      loss = step === 1 ? current : 0.98 * loss + 0.02 * current;
      report({ step, steps, loss });
    }
  }
  network.finish(step, rate);
}

const PREDICT_TEXTS = 1024;

/** A head's probabilities for every text of the corpus, text after text. */
export function predictAll(network: Network, corpus: Corpus, vocabulary: number, head: number): Float32Array {
  const batch = new Batch(vocabulary);
  const classes = network.heads[head]?.outputs ?? 0;
  const all = new Float32Array(corpus.count * classes);
  for (let from = 0; from < corpus.count; from += PREDICT_TEXTS) {
    const size = Math.min(PREDICT_TEXTS, corpus.count - from);
    batch.fill(
      corpus,
      Int32Array.from({ length: size }, (_, i) => from + i),
    );
    all.set(network.predict(batch, head), from * classes);
  }
  return all;
}
