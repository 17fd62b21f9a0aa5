/** Lets one line pass at a time, evenly, at a given rate. Knows nothing of lines. */

import type { FeedClock } from './clock.js';

/** After a pause the pacer continues from now; it catches up at most this much, in milliseconds. */
const CATCH_UP_MS = 250;

export class Pacer {
  readonly #clock: FeedClock;
  readonly #gapMs: number;
  #due = Number.NEGATIVE_INFINITY;

  /** `rate` per second; 0: unlimited. */
  constructor(rate: number, clock: FeedClock) {
    this.#clock = clock;
    this.#gapMs = rate === 0 ? 0 : 1000 / rate;
  }

  /** Resolves when the next may pass, or at the signal. */
  async pass(signal: AbortSignal): Promise<void> {
    if (this.#gapMs === 0) return;
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - CATCH_UP_MS * Number(this.#due > Number.NEGATIVE_INFINITY));
    // What is due within the timer's resolution passes now: a timer for each would throttle a fast pace.
    if (this.#due > now + 1) await this.#clock.sleep(this.#due - now, signal);
    this.#due += this.#gapMs;
  }
}
