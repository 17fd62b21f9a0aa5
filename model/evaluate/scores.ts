/** Quality of a classifier: confusion matrix, recalls, their mean, F1, accuracy, and calibration of its confidence. */

import { bestOf } from '../../shared/output.js';

export interface Scores {
  readonly count: number;
  readonly accuracy: number;
  readonly macroRecall: number;
  /** Standard error of `macroRecall`, from the binomial error of each recall. */
  readonly macroRecallError: number;
  readonly macroF1: number;
  readonly recalls: readonly number[];
  /** `confusion[actual][predicted]`, in texts. */
  readonly confusion: readonly (readonly number[])[];
  readonly calibration: Calibration;
}

export interface CalibrationBin {
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

export interface Calibration {
  /** Ten equal ranges of confidence, lowest first. */
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: the mean distance between confidence and accuracy over the texts. */
  readonly error: number;
}

const BINS = 10;

/** `probabilities` holds `classes` numbers per text. */
export function scoreTexts(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): Scores {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  const count = labels.length;
  let right = 0;
  for (let text = 0; text < count; text++) {
    const label = labels[text] ?? -1;
    const predicted = bestOf(probabilities, text * classes, classes);
    const row = confusion[label];
    if (row === undefined) throw new RangeError(`text ${text} has label ${label}, expected 0 to ${classes - 1}`);
    row[predicted] = (row[predicted] ?? 0) + 1;
    const hit = label === predicted ? 1 : 0;
    right += hit;
    const confidence = probabilities[text * classes + predicted] ?? 0;
    const bin = bins[Math.min(Math.floor(confidence * BINS), BINS - 1)];
    if (bin === undefined) throw new RangeError(`text ${text} has probability ${confidence}`);
    bin.count++;
    bin.confidence += confidence;
    bin.right += hit;
  }
  const actual = confusion.map((row) => row.reduce((sum, texts) => sum + texts, 0));
  const predicted = confusion.map((_, c) => confusion.reduce((sum, row) => sum + (row[c] ?? 0), 0));
  const recalls = confusion.map((row, c) => (row[c] ?? 0) / Math.max(actual[c] ?? 0, 1));
  const f1s = confusion.map((row, c) => (2 * (row[c] ?? 0)) / Math.max((actual[c] ?? 0) + (predicted[c] ?? 0), 1));
  const variance = recalls.reduce((sum, recall, c) => sum + (recall * (1 - recall)) / Math.max(actual[c] ?? 0, 1), 0);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / classes;
  return {
    count,
    accuracy: right / Math.max(count, 1),
    macroRecall: mean(recalls),
    macroRecallError: Math.sqrt(variance) / classes,
    macroF1: mean(f1s),
    recalls,
    confusion,
    calibration: {
      bins: bins.map(({ count: texts, confidence, right: hits }) => ({
        count: texts,
        confidence: texts === 0 ? 0 : confidence / texts,
        accuracy: texts === 0 ? 0 : hits / texts,
      })),
      error: bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right), 0) / Math.max(count, 1),
    },
  };
}
