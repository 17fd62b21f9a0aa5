/** One timer for many deadlines: set to the earliest, and set again only when it fires, so that a batch costs no timer. Pure but for its clock. */

import type { Clock, Timer } from '../contracts/clock.js';

export class Watchdog {
  readonly #clock: Clock;
  readonly #check: (now: number) => number | undefined;
  #timer: Timer | undefined;
  #at = Number.POSITIVE_INFINITY;

  /** @param check deals with what is due and answers the earliest deadline that is left. */
  constructor(clock: Clock, check: (now: number) => number | undefined) {
    this.#clock = clock;
    this.#check = check;
  }

  /** Makes sure of a look at this moment. */
  watch(deadline: number): void {
    if (deadline >= this.#at) return;
    this.#timer?.cancel();
    this.#at = deadline;
    const timer = this.#clock.setTimer(Math.max(1, deadline - this.#clock.now()), () => {
      // Answers that came in while this thread was busy are read before the verdict.
      this.#clock.immediate(() => {
        if (this.#timer === timer) this.#look();
      });
    });
    this.#timer = timer;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  #look(): void {
    this.stop();
    const next = this.#check(this.#clock.now());
    if (next !== undefined) this.watch(next);
  }
}
