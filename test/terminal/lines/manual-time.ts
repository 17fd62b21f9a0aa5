/** The feed's clock in a test: sleeping advances it immediately. */

import type { FeedClock } from '../../../cli/feed/clock.js';

export class ManualTime implements FeedClock {
  /** The duration of each sleep, in milliseconds. */
  readonly slept: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.#now += ms;
  }

  pass(ms: number): void {
    this.#now += ms;
  }
}
