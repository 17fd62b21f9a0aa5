/** The wording of the feed: where to look, progress, summary. Pure. */

import { clock, count, milliseconds, percentages, rate } from '../../command-line/view/figures.js';
import { terminalText } from '../../shared/terminal-text.js';
import type { LineCounts } from './line-counts.js';

/** The feed's state besides the counts. */
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
export function progressText(lineCounts: LineCounts, { connection, inFlight, share }: FeedState): string {
  const leftMs = share === undefined || share === 0 ? undefined : (lineCounts.elapsedMs / share) * (1 - share);
  // The least important comes last: a narrow terminal cuts it off.
  const parts = [
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
    ...(leftMs === undefined ? [] : [`${clock(Math.ceil(leftMs / 1000))} left`]),
    ...(connection === 'connected' ? [] : [connection]),
    `sent ${count(lineCounts.sent)}`,
    `answered ${count(lineCounts.answered)}`,
    ...(lineCounts.failed === 0 ? [] : [`failed ${count(lineCounts.failed)}`]),
    rate(lineCounts.recentRate),
    ...(lineCounts.labels.size === 0 ? [] : [shares(lineCounts.labels)]),
    `p50 ${milliseconds(lineCounts.recentLatencyMs(0.5))}`,
    `in flight ${count(inFlight)}`,
  ];
  // Labels come from the hub.
  return terminalText(`${clock(lineCounts.elapsedMs / 1000)}  ${parts.join('  ')}`);
}

export function summaryText(lineCounts: LineCounts, end: FeedEnd): string {
  const line = (name: string, value: string): string => `  ${name.padEnd(12)}${value}`;
  const skipped = [
    ...(lineCounts.empty === 0 ? [] : [`${count(lineCounts.empty)} empty lines skipped`]),
    ...(lineCounts.unreadable === 0
      ? []
      : [`${count(lineCounts.unreadable)} lines without a JSON field "${end.json ?? ''}" skipped`]),
    ...(lineCounts.cut === 0 ? [] : [`${count(lineCounts.cut)} cut to ${count(end.maxTextLength)} characters`]),
  ];
  const resent = lineCounts.resent === 0 ? '' : `  (${count(lineCounts.resent)} sent again)`;
  const failures = [...lineCounts.failures].map(([code, times]) => `${code} ${count(times)}`).join(', ');
  const how = end.interrupted ? 'stopped' : 'done';
  const model = lineCounts.model === '' ? '' : `, ${lineCounts.model}`;
  return [
    `${end.name} to stream ${end.stream}${model}: ${how} in ${clock(lineCounts.elapsedMs / 1000)}`,
    line('sent', `${count(lineCounts.sent)}${resent}`),
    ...(skipped.length === 0 ? [] : [line('', skipped.join(', '))]),
    line('answered', `${count(lineCounts.answered)}  (${rate(lineCounts.rate)})`),
    ...(lineCounts.labels.size === 0 ? [] : [line('labels', labelCounts(lineCounts.labels))]),
    line(
      'failed',
      failures === '' ? '0' : `${count(lineCounts.failed)}  (${failures}; one: ${lineCounts.failureExample})`,
    ),
    ...(lineCounts.unanswered === 0 ? [] : [line('unanswered', count(lineCounts.unanswered))]),
    line('latency', `p50 ${milliseconds(lineCounts.latencyMs(0.5))}, p99 ${milliseconds(lineCounts.latencyMs(0.99))}`),
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
