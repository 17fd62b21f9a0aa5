/** Ratios and whether they meet their targets. Knows figures; knows nothing of how they were measured. */

import { median } from '../harness/statistics.js';
import type { AggregateFigure } from './aggregate.js';
import type { FanOutFigure } from './fan-out.js';
import type { ReceiptsFigure } from './receipts.js';
import type { SlowViewerFigure } from './slow-viewer.js';

export interface StreamFigures {
  fanOut?: readonly FanOutFigure[];
  aggregate?: AggregateFigure;
  slowViewer?: SlowViewerFigure;
  receipts?: ReceiptsFigure;
}

export interface Target {
  readonly name: string;
  readonly value: number;
  readonly limit: string;
  readonly isMet: boolean;
}

export function targetsOf({ fanOut, aggregate, slowViewer, receipts }: StreamFigures): readonly Target[] {
  const targets: Target[] = [];
  if (fanOut !== undefined) {
    const of = (kind: string): number =>
      median(fanOut.filter((figure) => figure.kind === kind).map((figure) => figure.deliveriesPerSecond));
    targets.push(atLeast('fan-out: deliveries/s of the hub over those of a bare room', of('hub') / of('room'), 0.9));
  }
  if (aggregate !== undefined) {
    const ratio = median(aggregate.hubUs) / median(aggregate.roomUs);
    targets.push(atMost('windows: CPU of a thousand viewers less one, over a bare room’s', ratio, 1.3));
  }
  if (slowViewer !== undefined)
    targets.push(atMost('slow viewers: p99 of the others with them over without', median(slowViewer.ratios), 1.25));
  if (receipts !== undefined)
    targets.push(atMost('receipts: CPU a prediction in microseconds', median(receipts.differencesUs), 1.5));
  return targets;
}

export function targetText({ name, value, limit, isMet }: Target): string {
  return `${isMet ? 'met   ' : 'MISSED'}  ${value.toFixed(2).padStart(6)}  (${limit})  ${name}`;
}

/** The mean and its 95 % interval by Student's t, for ten values; for fewer the interval is too narrow. */
export function interval(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const half = 2.262 * Math.sqrt(variance / values.length);
  return `${mean.toFixed(2)} ± ${half.toFixed(2)}`;
}

function atLeast(name: string, value: number, limit: number): Target {
  return { name, value, limit: `at least ${limit}`, isMet: value >= limit };
}

function atMost(name: string, value: number, limit: number): Target {
  return { name, value, limit: `at most ${limit}`, isMet: value <= limit };
}
