/** A clock that moves only when a test says so. */

import type { TimerClock } from '../../shared/time/deadline-timer.js';

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** Microtasks between two timers: more than an answer takes through a hub and a client. */
const MICROTASKS = 32;

export class ManualClock implements TimerClock {
  #now = 0;
  #timers: Entry[] = [];

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, run: () => void): { readonly cancel: () => void } {
    const entry = { at: this.#now + delayMs, run };
    this.#timers.push(entry);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((timer) => timer !== entry);
      },
    };
  }

  /**
   * Lets `ms` milliseconds pass: runs each timer at its time, and what promises do after each. `advance(0)` runs what is
   * due now.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await microtasks();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await microtasks();
    }
    this.#now = until;
  }
}

async function microtasks(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i++) await undefined;
}
