/**
 * Freshness at the hub: how old items are when they are sent to a viewer, counted once per viewer. The age runs from
 * the hub's acceptance of the request that published the item. What was published before a viewer could see it (before
 * it subscribed, or while its page was hidden or it had paused) says nothing about the hub, and is not counted.
 */

import { Buckets, Histogram } from '../../../shared/time/histogram.js';
import type { CastItem } from '../../contracts/broker.js';

/** `live`: every item as it comes. `paced`: a frame at a time, by `maxRate` or mode `sample`. `window`: samples of windows. */
export type AgePace = 'live' | 'paced' | 'window';

/** In microseconds, from 1 ms, the resolution of `at`, to a minute. */
const AGE_US = new Buckets([
  1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
  20_000_000, 60_000_000,
]);

export class StreamAges {
  readonly byPace: Readonly<Record<AgePace, Histogram>> = {
    live: new Histogram(AGE_US),
    paced: new Histogram(AGE_US),
    window: new Histogram(AGE_US),
  };
  readonly #now: () => number;

  /** @param now the time of streams, in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** These items were sent to that many viewers. */
  sent(pace: AgePace, items: readonly CastItem[], viewers = 1): void {
    if (viewers === 0) return;
    const now = this.#now();
    const histogram = this.byPace[pace];
    for (const { item, receipt } of items) {
      const ageUs = 1000 * Math.max(0, now - item.at) + (receipt?.totalUs ?? 0);
      histogram.recordMany(ageUs, viewers);
    }
  }
}
