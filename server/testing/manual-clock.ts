/** A clock that moves only when the test says so. */

import { ManualTimers } from '../../shared/time/manual-timers.js';
import type { Clock, Timer } from '../contracts/clock.js';

/** A clock moved by hand; starts at 0 milliseconds. */
export class ManualClock implements Clock {
  readonly #timers = new ManualTimers();
  #immediates: (() => void)[] = [];

  now(): number {
    return this.#timers.now;
  }

  setTimer(delayMs: number, run: () => void): Timer {
    return this.#timers.set(delayMs, run);
  }

  immediate(run: () => void): void {
    this.#immediates.push(run);
  }

  /** Number of pending timers. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Ends the current turn: runs what was scheduled for its end. */
  turn(): void {
    const due = this.#immediates;
    this.#immediates = [];
    for (const run of due) run();
  }

  /** Lets `ms` milliseconds pass in which nothing runs, as in a process that stands still; then what is due. */
  stall(ms: number): void {
    this.#timers.now += ms;
    this.advance(0);
  }

  /** Advances time by `ms` milliseconds, running each timer at its time and ending a turn after each. */
  advance(ms: number): void {
    const until = this.#timers.now + ms;
    this.turn();
    for (let run = this.#timers.take(until); run !== undefined; run = this.#timers.take(until)) {
      run();
      this.turn();
    }
    this.#timers.now = until;
  }
}
