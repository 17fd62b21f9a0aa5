/** Formats the figures for a terminal. Knows columns and words; measures nothing. */

import { table, wholeText } from '../harness/table.js';
import type { SceneFigures } from './scenes.js';

export function sceneText({ name, seconds, kinds }: SceneFigures): string {
  const header = [
    'client',
    'callers',
    'asked',
    'right',
    'wrong',
    'failed',
    'lost',
    'asked again',
    'connections lost',
    'most of one',
  ];
  const rows = kinds.map(({ kind, callers, asked, right, wrong, failed, lost, repeated, losses }) => [
    kind,
    ...[callers, asked, right, wrong, failed, lost, repeated].map(wholeText),
    wholeText(losses.flat().length),
    wholeText(Math.max(...losses.map(({ length }) => length))),
  ]);
  const failures = kinds.flatMap(({ kind, failures }) =>
    Object.entries(failures).map(([text, count]) => `  ${kind}: ${count} times ${text}`),
  );
  return [`${name}, ${seconds.toFixed(0)} s`, table(header, rows), ...failures].join('\n');
}
