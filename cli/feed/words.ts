/** The wording of the feed: where to look, progress, summary. Pure. */

import { clock, count, milliseconds, percentages, rate } from '../../demo/view/figures.js';
import { terminalText } from '../../shared/terminal-text.js';
import type { Ledger } from './ledger.js';

/** The feed's state besides the ledger. */
export interface FeedState {
  /** State of the connection. */
  readonly connection: string;
  readonly inFlight: number;
  /** Fraction done, 0 to 1; undefined when the end is unknown. */
  readonly share: number | undefined;
}

/** How the feed ended. */
export interface FeedEnd {
  /** Name of the input, such as `texts.txt`. */
  readonly name: string;
  readonly stream: string;
  /** Ended before its end by somebody. */
  readonly interrupted: boolean;
  /** The hub's limit, for lines that were cut. */
  readonly maxTextLength: number;
  /** The requested field, for lines without it. */
  readonly json: string | undefined;
}

/** Maximum labels named in a line; a model may have thousands. */
const MOST_SHOWN = 6;

/** A stream name needs no escaping in a URL. */
export function watchText(url: string, stream: string): string {
  return `Watch it at ${url}/?stream=${stream}\n`;
}

/** One line, without its line end. */
export function progressText(ledger: Ledger, { connection, inFlight, share }: FeedState): string {
  const leftMs = share === undefined || share === 0 ? undefined : (ledger.elapsedMs / share) * (1 - share);
  // The least important comes last: a narrow terminal cuts it off.
  const parts = [
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
    ...(leftMs === undefined ? [] : [`${clock(Math.ceil(leftMs / 1000))} left`]),
    ...(connection === 'connected' ? [] : [connection]),
    `sent ${count(ledger.sent)}`,
    `answered ${count(ledger.answered)}`,
    ...(ledger.failed === 0 ? [] : [`failed ${count(ledger.failed)}`]),
    rate(ledger.recentRate),
    ...(ledger.labels.size === 0 ? [] : [shares(ledger.labels)]),
    `p50 ${milliseconds(ledger.recentLatencyMs(0.5))}`,
    `in flight ${count(inFlight)}`,
  ];
  // Labels come from the hub.
  return terminalText(`${clock(ledger.elapsedMs / 1000)}  ${parts.join('  ')}`);
}

export function summaryText(ledger: Ledger, end: FeedEnd): string {
  const line = (name: string, value: string): string => `  ${name.padEnd(12)}${value}`;
  const skipped = [
    ...(ledger.empty === 0 ? [] : [`${count(ledger.empty)} empty lines skipped`]),
    ...(ledger.unreadable === 0
      ? []
      : [`${count(ledger.unreadable)} lines without a JSON field "${end.json ?? ''}" skipped`]),
    ...(ledger.cut === 0 ? [] : [`${count(ledger.cut)} cut to ${count(end.maxTextLength)} characters`]),
  ];
  const resent = ledger.resent === 0 ? '' : `  (${count(ledger.resent)} sent again)`;
  const failures = [...ledger.failures].map(([code, times]) => `${code} ${count(times)}`).join(', ');
  const how = end.interrupted ? 'stopped' : 'done';
  const model = ledger.model === '' ? '' : `, ${ledger.model}`;
  return [
    `${end.name} to stream ${end.stream}${model}: ${how} in ${clock(ledger.elapsedMs / 1000)}`,
    line('sent', `${count(ledger.sent)}${resent}`),
    ...(skipped.length === 0 ? [] : [line('', skipped.join(', '))]),
    line('answered', `${count(ledger.answered)}  (${rate(ledger.rate)})`),
    ...(ledger.labels.size === 0 ? [] : [line('labels', labelCounts(ledger.labels))]),
    line('failed', failures === '' ? '0' : `${count(ledger.failed)}  (${failures}; one: ${ledger.failureExample})`),
    ...(ledger.unanswered === 0 ? [] : [line('unanswered', count(ledger.unanswered))]),
    line('latency', `p50 ${milliseconds(ledger.latencyMs(0.5))}, p99 ${milliseconds(ledger.latencyMs(0.99))}`),
    '',
  ]
    .map(terminalText)
    .join('\n');
}

function shares(labels: ReadonlyMap<string, number>): string {
  const rows = ordered(labels);
  const parts = percentages(rows.map(([, times]) => times));
  return rows
    .map(([label], i) => `${label} ${parts[i] ?? 0} %`)
    .slice(0, MOST_SHOWN)
    .join(', ');
}

function labelCounts(labels: ReadonlyMap<string, number>): string {
  const rows = ordered(labels);
  const parts = percentages(rows.map(([, times]) => times));
  const shown = rows.map(([label, times], i) => `${label} ${count(times)} (${parts[i] ?? 0} %)`).slice(0, MOST_SHOWN);
  return rows.length > MOST_SHOWN ? `${shown.join(', ')}, and others` : shown.join(', ');
}

/** Sorted by name, so that the line stays steady. Of many labels, the most frequent few. */
function ordered(labels: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  if (labels.size > MOST_SHOWN) return [...labels].sort(([, a], [, b]) => b - a);
  return [...labels].sort(([a], [b]) => a.localeCompare(b, 'en'));
}
