/** The type of a metric, and the sources that all metrics are read from. A test wants a panel or an alert for each. */

import type { Histogram } from '../../../shared/time/histogram.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { KeyUse } from './key-counts.js';
import type { PredictionCounts } from './prediction-counts.js';

/** Labels of one series, and its value. A histogram has several series. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Histogram;
}

/** One metric: its description, and how its series are read on each scrape. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** What to use it for. */
  readonly use: string;
  readonly read: (sources: MetricSources) => Iterable<Sample> | Promise<Iterable<Sample>>;
  /** For a histogram: divisor from its integers to its unit. @default 1 */
  readonly divisor?: number;
}

/** The states of a hub, as named by `/readyz`. */
export const STATES = ['starting', 'ready', 'unhealthy', 'draining', 'closed'] as const;

/** Sources of metrics that are not counted here. Read on each scrape; nothing is kept. */
export interface MetricSources {
  readonly predictions: PredictionCounts;
  readonly keys: { readonly all: Iterable<readonly [string, KeyUse]> };
  readonly version: string;
  /** One of {@link STATES}. */
  readonly state: () => string;
  readonly hub: {
    readonly inFlight: number;
    readonly expectedWaitMs: number;
    queues(): ReadonlyMap<ModelSpec, number>;
  };
  readonly engine: {
    readonly healthy: boolean;
    readonly restarts: number;
    /** In all threads; undefined when no thread can tell. */
    tensors(): Promise<number | undefined>;
  };
  readonly edge: EdgeSource;
  readonly streams: {
    readonly size: number;
    readonly viewers: number;
    readonly counts: { readonly skippedItems: number; readonly slowViewers: number };
    /** In microseconds, by pace. */
    readonly ages: { readonly byPace: Readonly<Record<string, Histogram>> };
  };
  /** Fraction of the time since the last scrape that the main thread's event loop was busy. */
  readonly utilisation: () => number;
  /** The prediction log; without one its counts are 0. */
  readonly log: (() => LogCounts) | undefined;
}

export interface EdgeSource {
  connections(): Readonly<Record<string, number>>;
  readonly opened: number;
  /** By error code. */
  readonly refused: ReadonlyMap<string, number>;
  /** By what the client got wrong. */
  readonly misdirected: ReadonlyMap<string, number>;
  readonly cut: ReadonlyMap<string, number>;
  readonly slowConnections: number;
  traffic(): { readonly received: number; readonly sent: number };
  http(): Iterable<{
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly count: number;
  }>;
}

export interface LogCounts {
  readonly written: number;
  readonly dropped: number;
  readonly leftOut: number;
  readonly writeErrors: number;
}

/** The single series of a metric without labels. */
export function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}
