/** How old messages are when the page shows them: the ages of the samples drawn, from publishing to the next frame. */

import type { AggregateFrame, StreamItem } from '@tickcast/client';
import { RecentValues } from '../../shared/time/recent-values.js';

export interface Freshness {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export class Sight {
  readonly #ageOf: (item: StreamItem) => number | undefined;
  /** Calls back when the page is about to draw. */
  readonly #nextFrame: (drawn: () => void) => void;
  #ages = new RecentValues();
  #arrived: StreamItem[] = [];

  constructor(ageOf: (item: StreamItem) => number | undefined, nextFrame: (drawn: () => void) => void) {
    this.#ageOf = ageOf;
    this.#nextFrame = nextFrame;
  }

  /** Of the last 1,000 samples; undefined without any. */
  get freshness(): Freshness | undefined {
    return this.#ages.p50AndP99;
  }

  /** History has no samples, and so no age. */
  arrive({ windows }: AggregateFrame): void {
    const items = windows.flatMap(({ samples }) => samples ?? []);
    if (items.length === 0) return;
    if (this.#arrived.length === 0) this.#nextFrame(() => this.#drawn());
    this.#arrived.push(...items);
  }

  /** The page is hidden: what it got is not seen before it comes back. */
  hide(): void {
    this.#arrived = [];
  }

  /** Another stream. */
  clear(): void {
    this.#arrived = [];
    this.#ages = new RecentValues();
  }

  #drawn(): void {
    for (const item of this.#arrived.splice(0)) {
      const age = this.#ageOf(item);
      if (age !== undefined) this.#ages.add(age);
    }
  }
}
