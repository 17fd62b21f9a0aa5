// Figures as text for the terminal.
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
