/**
 * The time of streams, in milliseconds since 1970: the wall clock at the start, advanced by the monotonic clock. Never
 * steps back and never stands still. Follows a wall clock that is set forward, but not one that is set back (decision
 * 16).
 */

import type { Clock } from '../contracts/clock.js';

/**
 * Follows the wall clock when it is this far ahead, in milliseconds: less is normal drift between two clocks of one
 * machine.
 */
const FOLLOW_MS = 1000;

export class Calendar {
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  /** The time at which the monotonic clock was 0. */
  #epochMs: number;

  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock;
    this.#wallNow = wallNow;
    this.#epochMs = wallNow() - clock.now();
  }

  now(): number {
    return Math.floor(this.#epochMs + this.#clock.now());
  }

  /** Checks the wall clock; true when it was set forward, or the machine slept, and this clock has followed. */
  follow(): boolean {
    const epochMs = this.#wallNow() - this.#clock.now();
    if (epochMs - this.#epochMs < FOLLOW_MS) return false;
    this.#epochMs = epochMs;
    return true;
  }
}
