/** Freshness of one subscription: the ages of what was handed to the program, from publishing to now. */

import type { AggregateFrame, StreamItem } from '../../shared/stream-protocol.js';
import type { TimerClock } from '../../shared/time/deadline-timer.js';
import { RecentValues } from '../../shared/time/recent-values.js';
import type { HubTime } from './hub-time.js';
import type { Freshness } from './types.js';

/** What a subscription needs to know of time. */
export interface Sight {
  readonly clock: TimerClock;
  readonly hubTime: HubTime;
  /** Since when the page is visible, on this clock; infinite while it is hidden. */
  readonly visibleSince: () => number;
}

export class FreshnessMeter {
  readonly #sight: Sight;
  readonly #ages = new RecentValues();
  /** When the hub first accepted the subscription, on this clock: earlier items are history. */
  #begunAt = Number.POSITIVE_INFINITY;

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  begin(): void {
    this.#begunAt = Math.min(this.#begunAt, this.#sight.clock.now());
  }

  /** A value is handed to the program. Of windows, their samples count: a random choice of their items. */
  shown(value: StreamItem | AggregateFrame): void {
    if (!('windows' in value)) return this.#count(value);
    for (const { samples } of value.windows) for (const item of samples ?? []) this.#count(item);
  }

  ageOf({ at, tookMs = 0 }: StreamItem): number | undefined {
    const castAt = this.#sight.hubTime.here(at);
    return castAt === undefined ? undefined : Math.max(0, this.#sight.clock.now() - castAt) + tookMs;
  }

  get figures(): Freshness | undefined {
    const ages = this.#ages.p50AndP99;
    return ages && { ...ages, count: this.#ages.size };
  }

  #count(item: StreamItem): void {
    const castAt = this.#sight.hubTime.here(item.at);
    const age = this.ageOf(item);
    if (age !== undefined && castAt !== undefined && castAt >= Math.max(this.#begunAt, this.#sight.visibleSince()))
      this.#ages.add(age);
  }
}
