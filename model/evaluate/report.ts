/** Formats figures for the terminal. */

import { bestOf } from '../../shared/output.js';
import type { Scores } from './scores.js';

const COLUMN = 10;

export function formatScores(scores: Scores, labels: readonly string[]): string {
  const cell = (text: string | number) => String(text).padStart(COLUMN);
  const { macroRecall, macroRecallError, macroF1, accuracy, calibration, count } = scores;
  return [
    `macro recall       ${percent(macroRecall)} (standard error ${percent(macroRecallError)}), ${count} texts`,
    `macro F1           ${percent(macroF1)}`,
    `accuracy           ${percent(accuracy)}`,
    `calibration error  ${percent(calibration.error)}`,
    '',
    `${cell('')}${labels.map(cell).join('')}${cell('recall')}   predicted, in texts`,
    ...labels.map((label, i) => {
      return `${cell(label)}${(scores.confusion[i] ?? []).map(cell).join('')}${cell(percent(scores.recalls[i] ?? 0))}`;
    }),
  ].join('\n');
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export interface WorstError {
  readonly text: number;
  readonly label: number;
  readonly predicted: number;
  readonly confidence: number;
}

/** The wrong answers with the highest confidence. */
export function worstErrors(
  labels: readonly number[],
  probabilities: ArrayLike<number>,
  classes: number,
  most: number,
): WorstError[] {
  return labels
    .map((label, text): WorstError => {
      const predicted = bestOf(probabilities, text * classes, classes);
      return { text, label, predicted, confidence: probabilities[text * classes + predicted] ?? 0 };
    })
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, most);
}

const TEXT_LENGTH = 100;

export function formatWorst(
  errors: readonly WorstError[],
  texts: readonly string[],
  labels: readonly string[],
): string {
  return errors
    .map(({ text, label, predicted, confidence }) => {
      const whole = (texts[text] ?? '').replace(/\s+/g, ' ');
      const shown = whole.length > TEXT_LENGTH ? `${whole.slice(0, TEXT_LENGTH)}...` : whole;
      return `${percent(confidence).padStart(7)}  ${labels[predicted]}, is ${labels[label]}: ${shown}`;
    })
    .join('\n');
}
