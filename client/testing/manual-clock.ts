/** A clock that moves only when a test says so. */

import type { TimerClock } from '../../shared/time/deadline-timer.js';
import { ManualTimers } from '../../shared/time/manual-timers.js';

/** Microtasks between two timers: more than an answer takes through a hub and a client. */
const MICROTASKS = 32;

export class ManualClock implements TimerClock {
  readonly #timers = new ManualTimers();

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#timers.now;
  }

  setTimer(delayMs: number, run: () => void): { readonly cancel: () => void } {
    return this.#timers.set(delayMs, run);
  }

  /**
   * Lets `ms` milliseconds pass: runs each timer at its time, and what promises do after each. `advance(0)` runs what is
   * due now.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#timers.now + ms;
    await microtasks();
    for (let run = this.#timers.take(until); run !== undefined; run = this.#timers.take(until)) {
      run();
      await microtasks();
    }
    this.#timers.now = until;
  }
}

async function microtasks(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i++) await undefined;
}
