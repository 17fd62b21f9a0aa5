/**
 * What time streams tell, in milliseconds since 1970: the wall clock as it was at the start, carried on by the monotonic one. It never
 * steps back and never stands still. A wall clock that is set forward is followed; one that is set back is not (decision 16).
 */

import type { Clock } from '../contracts/clock.js';

/** The wall clock is followed when it is so far ahead, in milliseconds: less is how two clocks of one machine differ. */
const FOLLOW_MS = 1000;

export class Calendar {
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  /** When the monotonic clock was 0. */
  #epochMs: number;

  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock;
    this.#wallNow = wallNow;
    this.#epochMs = wallNow() - clock.now();
  }

  now(): number {
    return Math.floor(this.#epochMs + this.#clock.now());
  }

  /** Looks at the wall clock; true when it was set forward, or the machine slept, and the time is now that of it. */
  follow(): boolean {
    const epochMs = this.#wallNow() - this.#clock.now();
    if (epochMs - this.#epochMs < FOLLOW_MS) return false;
    this.#epochMs = epochMs;
    return true;
  }
}
