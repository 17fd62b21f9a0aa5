/** Formats lines and counts for people: aligned, with colours for orientation. */

import { styleText } from 'node:util';
import { terminalText } from '../../shared/terminal-text.js';
import type { LogLine } from './log-line.js';

const LABEL_WIDTH = 10;
const MAX_INPUT_CHARS = 200;

/** One log line as one terminal line. What callers sent is shown as text: control characters are escaped. */
export function viewLine({ at, model, label, score, stream, totalUs, input, prediction }: LogLine): string {
  const time = new Date(at).toISOString().slice(11, 23);
  const latency = totalUs === undefined ? '' : `${(totalUs / 1000).toFixed(1)} ms`;
  const result = label ?? JSON.stringify(prediction) ?? '';
  const shown = typeof input === 'string' ? input : (JSON.stringify(input) ?? '');
  const parts = [
    styleText('dim', time),
    styleText(['bold'], terminalText(result).padEnd(LABEL_WIDTH)),
    (score === undefined ? '' : score.toFixed(2)).padStart(4),
    styleText('dim', latency.padStart(9)),
    styleText('cyan', terminalText(stream ?? model)),
    terminalText(shown.slice(0, MAX_INPUT_CHARS)),
  ];
  return parts.join('  ').trimEnd();
}

/** Counts, highest first; hours in their order. */
export function viewCounts(counts: ReadonlyMap<string, number>, inOrder: boolean): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rows = [...counts]
    .map(([name, count]) => [terminalText(name), count] as const)
    .toSorted(([a, m], [b, n]) => (inOrder ? (a < b ? -1 : 1) : n - m));
  const width = Math.max(5, ...rows.map(([name]) => name.length));
  const line = (name: string, count: number): string =>
    `${name.padEnd(width)}  ${String(count).padStart(10)}  ${((100 * count) / total).toFixed(1).padStart(5)} %`;
  if (total === 0) return 'no lines';
  return [...rows.map(([name, count]) => line(name, count)), line('total', total)].join('\n');
}
