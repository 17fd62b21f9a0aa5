/**
 * Connections that have joined nothing: each has ten seconds, and two while there are many. By polling a connection costs its maker no more than
 * a line of text, and the hub ten kilobytes.
 */

import type { Clock, Timer } from '../../contracts/clock.js';

const MAX_MS = 10_000;
/** With more than so many, those end sooner that have been here for longer than an honest client takes. */
const MANY = 1_000;
const MAX_MS_OF_MANY = 2_000;
/** Ended at a time: those that came together would end together, and hold the others up. */
const MOST_AT_A_TIME = 8;
const MOST_FOR_ONE = 2;

export interface Newcomer {
  cut(kind: 'unjoined', message: string): void;
}

export class Newcomers {
  readonly #clock: Clock;
  /** Since when, the longest first. */
  readonly #since = new Map<Newcomer, number>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(newcomer: Newcomer): void {
    this.delete(newcomer);
    this.#since.set(newcomer, this.#clock.now());
    if (this.#since.size > MANY) this.#cutFirst(MAX_MS_OF_MANY, MOST_FOR_ONE);
    this.#wait();
  }

  delete(newcomer: Newcomer): void {
    this.#since.delete(newcomer);
    if (this.#since.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Ends those that have been here for so long. */
  #cutFirst(ms: number, most: number): void {
    const until = this.#clock.now() - ms;
    let left = most;
    for (const [newcomer, since] of this.#since) {
      if (left-- === 0 || since > until || (ms < MAX_MS && this.#since.size <= MANY)) break;
      this.#since.delete(newcomer);
      newcomer.cut('unjoined', `the connection joined nothing within ${ms} ms`);
    }
  }

  /** One timer for all: for the first that is still here then. */
  #wait(): void {
    if (this.#timer !== undefined) return;
    const [first] = this.#since.values();
    if (first === undefined) return;
    this.#timer = this.#clock.setTimer(Math.max(1, first + MAX_MS - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#cutFirst(MAX_MS, MOST_AT_A_TIME);
      this.#wait();
    });
  }
}
