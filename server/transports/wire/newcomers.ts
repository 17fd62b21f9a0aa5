/**
 * Connections that have not joined a namespace: each has ten seconds, or two while there are many. Over polling, a
 * connection costs its client a line of text, and the hub ten kilobytes.
 */

import { DeadlineTimer } from '../../../shared/time/deadline-timer.js';
import type { Clock } from '../../contracts/clock.js';

const MAX_MS = 10_000;
/** Above this number, those that have taken longer than an honest client needs are ended sooner. */
const MANY = 1_000;
const MAX_MS_OF_MANY = 2_000;
/** Ended at a time: those that arrived together would end together and stall the others. */
const MOST_AT_A_TIME = 8;
const MOST_FOR_ONE = 2;
/** Interval between such groups, in milliseconds. */
const GAP_MS = 1;
/** A sweep this late, in milliseconds, follows a standstill of the hub: it waits once, as what came is not read yet. */
const LATE_MS = 1_000;

export interface Newcomer {
  cut(kind: 'unjoined', message: string): void;
}

export class Newcomers {
  readonly #clock: Clock;
  /** Arrival times, oldest first. */
  readonly #since = new Map<Newcomer, number>();
  readonly #deadlines: DeadlineTimer;
  #hasWaited = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#deadlines = new DeadlineTimer(clock, GAP_MS, () => this.#sweep());
  }

  add(newcomer: Newcomer): void {
    this.delete(newcomer);
    const now = this.#clock.now();
    this.#since.set(newcomer, now);
    this.#deadlines.arm(now + MAX_MS);
    if (this.#since.size > MANY) this.#cutFirst(MAX_MS_OF_MANY, MOST_FOR_ONE);
  }

  delete(newcomer: Newcomer): void {
    this.#since.delete(newcomer);
    if (this.#since.size === 0) this.#deadlines.rest();
  }

  /** Ends those that have been here for this long. */
  #cutFirst(ms: number, most: number): void {
    const until = this.#clock.now() - ms;
    let left = most;
    for (const [newcomer, since] of this.#since) {
      if (left-- === 0 || since > until || (ms < MAX_MS && this.#since.size <= MANY)) break;
      this.#since.delete(newcomer);
      newcomer.cut('unjoined', `the connection joined nothing within ${ms} ms`);
    }
  }

  /** Returns when to check the first remaining one. */
  #sweep(): number {
    const now = this.#clock.now();
    const [oldest = now] = this.#since.values();
    this.#hasWaited = !this.#hasWaited && now - oldest > MAX_MS + LATE_MS;
    if (this.#hasWaited) return now + LATE_MS;
    this.#cutFirst(MAX_MS, MOST_AT_A_TIME);
    const [first = Number.POSITIVE_INFINITY] = this.#since.values();
    return first + MAX_MS;
  }
}
