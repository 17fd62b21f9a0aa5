/** One timer for all deadlines of a client, because a timer for each request would cost more than the request. */

import type { ClientClock } from '../clock.js';

/** Shortest time between two sweeps: bounds their cost however the deadlines lie. */
const SWEEP_GAP_MS = 8;

export class DeadlineTimer {
  readonly #clock: ClientClock;
  /** Settles what is due at `now` and answers the next deadline, or Infinity. */
  readonly #sweep: (now: number) => number;
  #at = Number.POSITIVE_INFINITY;
  #notBefore = 0;
  #timer: { readonly cancel: () => void } | undefined;

  constructor(clock: ClientClock, sweep: (now: number) => number) {
    this.#clock = clock;
    this.#sweep = sweep;
  }

  /** Makes sure that a sweep happens at `at` or a little later. Costs one comparison for all but the earliest. */
  arm(at: number): void {
    const due = Math.max(at, this.#notBefore);
    if (due >= this.#at) return;
    this.#timer?.cancel();
    this.#at = due;
    this.#timer = this.#clock.setTimer(Math.max(0, Math.ceil(due - this.#clock.now())), () => this.#fire());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    const now = this.#clock.now();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
    this.#notBefore = now + SWEEP_GAP_MS;
    const next = this.#sweep(now);
    if (next !== Number.POSITIVE_INFINITY) this.arm(next);
  }
}
