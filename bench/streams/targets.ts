/** Ratios and whether they meet their targets. Knows figures, but not how they were measured. */

import { median } from '../harness/statistics.js';
import { atLeast, atMost, type Target } from '../harness/target.js';
import type { AggregateFigure } from './aggregate.js';
import type { FanOutFigure } from './fan-out.js';
import type { FreshnessFigure } from './freshness.js';
import type { ReceiptsFigure } from './receipts.js';
import type { SlowViewerFigure } from './slow-viewer.js';

export interface StreamFigures {
  fanOut?: readonly FanOutFigure[];
  aggregate?: AggregateFigure;
  slowViewer?: SlowViewerFigure;
  receipts?: ReceiptsFigure;
  /** Reported; the machine decides what is good. */
  freshness?: readonly FreshnessFigure[];
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
    targets.push(
      atMost('receipts: CPU a prediction', median(receipts.differencesUs), 1.5, (us) => `${us.toFixed(2)} us`),
    );
  return targets;
}
