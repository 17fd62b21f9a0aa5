/** The feed's clock in the hands of a test: sleeping moves it on at once. */

import type { FeedClock } from '../../../cli/feed/clock.js';

export class ManualTime implements FeedClock {
  /** Of each sleep, in milliseconds. */
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
