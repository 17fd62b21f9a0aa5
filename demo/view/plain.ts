/** The demo as plain lines: when there is no terminal to redraw, and for the texts at the start and the end. */

import { clock, count, meanRows, milliseconds, percentages, rate } from '../../command-line/view/figures.js';
import { LABELS, type LabelCounts } from '../feed-report.js';
import type { Tally } from './tally.js';

/** One line of figures, and one message. */
export function progressLines(tally: Tally): string {
  const figures = [
    `sent ${count(tally.sent)}`,
    `answered ${count(tally.answered)}`,
    `errors ${count(tally.errorCount)}`,
    rate(tally.answeredRate),
    `p50 ${milliseconds(tally.latencyMs(0.5))}`,
    `p99 ${milliseconds(tally.latencyMs(0.99))}`,
    `mean batch ${meanRows(tally.meanBatchRows)}`,
    shareText(tally.shares()),
    ...(tally.connection === 'connected' ? [] : [tally.connection]),
  ];
  const line = `${clock(tally.elapsedSeconds)}  ${figures.join('  ')}\n`;
  const newest = tally.samples.at(-1);
  if (newest === undefined) return line;
  const { label, score, topic, text } = newest;
  return `${line}       ${label} ${score.toFixed(2)}  ${topic}: ${text}\n`;
}

/** Where to look: the first text once the hub is ready. `takenPort`: the usual port, if it was in use. */
export function watchText(url: string, takenPort: number | undefined): string {
  const moved = takenPort === undefined ? '' : `Port ${takenPort} is in use: the hub took a free one.\n`;
  return `${moved}\n  Watch it live: ${url}/\n\n`;
}

/** What to do while it runs. */
export function startText(url: string): string {
  const body = `'{"input":"what a lovely morning"}'`;
  return [
    'The feed is running, a stream for each topic. Ask the hub yourself:',
    `  curl ${url}/predict -H 'content-type: application/json' -d ${body}`,
    '',
    '',
  ].join('\n');
}

/** The summary. */
export function summaryText(tally: Tally): string {
  const errors = [...tally.errors].map(([code, times]) => `${code} ${count(times)}`).join(', ');
  const line = (name: string, value: string): string => `  ${name.padEnd(12)}${value}`;
  return [
    `${tally.model === '' ? 'No answer came' : tally.model} in ${clock(tally.elapsedSeconds)}`,
    line('sent', count(tally.sent)),
    line('answered', `${count(tally.answered)}  (${shareText(tally.labels)})`),
    line('errors', errors === '' ? '0' : `${count(tally.errorCount)}  (${errors}; one of them: ${tally.errorExample})`),
    line('latency', `p50 ${milliseconds(tally.latencyOfAllMs(0.5))}, p99 ${milliseconds(tally.latencyOfAllMs(0.99))}`),
    line('mean batch', meanRows(tally.meanBatchRowsOfAll)),
    '',
  ].join('\n');
}

/** Where to look next. */
export function nextText(): string {
  return [
    'Next: npm start runs the hub alone (npm start -- --help), npm run feed publishes texts of yours (npm run feed -- --help),',
    'client/README.md shows how a program asks the hub, README.md what else there is. The feed you saw is demo/feed.ts.',
    '',
  ].join('\n');
}

function shareText(counts: LabelCounts): string {
  const shares = percentages(counts);
  return LABELS.map((label, i) => `${label} ${shares[i] ?? 0} %`).join(', ');
}
