/** Formats the summary for a terminal. Knows columns and words; measures nothing. */

import { table, wholeText } from '../harness/table.js';
import { type CellFigures, cellText } from './cells.js';
import type { Line } from './summary.js';

/** One line while the bench runs. */
export function progressLine(cell: CellFigures): string {
  const batches = cell.batches.map(({ rows, sessionUs }) => `${rows}: ${usText(sessionUs)}`);
  return `${cellText(cell).padEnd(26)} us a batch  ${batches.join(', ')}`;
}

export function tablesOf(lines: readonly Line[]): readonly string[] {
  if (lines.length === 0) return [];
  return [
    byRows('us a batch', lines, ({ sessionUs }) => usText(sessionUs)),
    byRows('CPU us a batch', lines, ({ sessionCpuUs }) => usText(sessionCpuUs)),
    byRows('predictions/s', lines, ({ predictionsPerSecond }) => wholeText(predictionsPerSecond)),
    byRows('session / bare', lines, ({ overBare }) => overBare.toFixed(2)),
  ];
}

/** A line for each model and engine, a column for each number of rows. */
function byRows(title: string, lines: readonly Line[], shown: (line: Line) => string): string {
  const sizes = [...new Set(lines.map(({ rows }) => rows))].sort((a, b) => a - b);
  const cells = [...new Map(lines.map((line) => [cellText(line), line])).values()];
  const rows = cells.map(({ model, engine }) => {
    const own = lines.filter((line) => line.model === model && line.engine === engine);
    return [
      model,
      engine,
      ...sizes.map((size) => {
        const line = own.find(({ rows }) => rows === size);
        return line === undefined ? '-' : shown(line);
      }),
    ];
  });
  return table([title, 'engine', ...sizes.map((size) => `${size} row${size === 1 ? '' : 's'}`)], rows);
}

function usText(us: number): string {
  return us < 100 ? us.toFixed(1) : wholeText(us);
}
