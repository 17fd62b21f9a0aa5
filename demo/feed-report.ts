/** Messages between the feed and the process that shows it. Types and a check of what arrived; knows no processes. */

import type { LatencyCounts } from '../command-line/view/latency-scale.js';

export const LABELS = ['negative', 'neutral', 'positive'] as const;
export type Label = (typeof LABELS)[number];

/** Answers per label, in the order of {@link LABELS}. */
export type LabelCounts = readonly [negative: number, neutral: number, positive: number];

/** A message and the hub's answer. */
export interface Scored {
  readonly topic: string;
  readonly text: string;
  readonly label: Label;
  readonly score: number;
}

/** What happened since the previous report. */
export interface FeedReport {
  readonly kind: 'report';
  readonly sent: number;
  readonly answered: number;
  /** Failed requests by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** One example message behind `errors`. */
  readonly errorExample: string;
  readonly latencies: LatencyCounts;
  readonly topics: Readonly<Record<string, LabelCounts>>;
  /** The last few answers, oldest first. */
  readonly newest: readonly Scored[];
  /** State of the connection, as the SDK names it. */
  readonly connection: string;
  /** The model that answered last, or an empty string. */
  readonly model: string;
}

/** To the feed: stop sending, wait for unanswered requests for at most `waitMs`, report, exit. */
export interface FeedStop {
  readonly kind: 'stop';
  readonly waitMs: number;
}

export function isLabel(value: unknown): value is Label {
  return LABELS.some((label) => label === value);
}

/** Both ends are built together, so only the kind is checked. */
export function isFeedReport(value: unknown): value is FeedReport {
  return kindOf(value) === 'report';
}

export function isFeedStop(value: unknown): value is FeedStop {
  return kindOf(value) === 'stop';
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}
