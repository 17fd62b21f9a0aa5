/** A clock that moves only when the test says so. */

import type { Clock, Timer } from '../contracts/clock.js';

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** A clock moved by hand; starts at 0 milliseconds. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: Entry[] = [];
  #immediates: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, run: () => void): Timer {
    const entry = { at: this.#now + delayMs, run };
    this.#timers.push(entry);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((timer) => timer !== entry);
      },
    };
  }

  immediate(run: () => void): void {
    this.#immediates.push(run);
  }

  /** Number of pending timers. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Ends the current turn: runs what was scheduled for its end. */
  turn(): void {
    const due = this.#immediates;
    this.#immediates = [];
    for (const run of due) run();
  }

  /** Lets `ms` milliseconds pass in which nothing runs, as in a process that stands still; then what is due. */
  stall(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  /** Advances time by `ms` milliseconds, running each timer at its time and ending a turn after each. */
  advance(ms: number): void {
    const until = this.#now + ms;
    this.turn();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      this.turn();
    }
    this.#now = until;
  }
}
