// Figures as text for the terminal.
import { LABELS } from './corpus.js';
import type { Scores } from './metrics.js';

const COLUMN = 10;

export function formatScores(scores: Scores): string {
  const cell = (text: string | number) => String(text).padStart(COLUMN);
  return [
    `macro recall  ${percent(scores.macroRecall)} (standard error ${percent(scores.macroRecallError)}), ${scores.count} texts`,
    `accuracy      ${percent(scores.accuracy)}`,
    '',
    `${cell('')}${LABELS.map(cell).join('')}${cell('recall')}   predicted, in texts`,
    ...LABELS.map((label, i) => {
      return `${cell(label)}${(scores.confusion[i] ?? []).map(cell).join('')}${cell(percent(scores.recalls[i] ?? 0))}`;
    }),
  ].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
