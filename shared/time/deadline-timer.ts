/**
 * One timer for many deadlines, because a timer per request would cost more than the request. It is set to the earliest
 * deadline and set again only when it fires. Arming costs one comparison, disarming nothing. Pure but for its clock.
 */

export interface TimerClock {
  /** Milliseconds since some fixed moment, with a fraction. */
  now(): number;
  /** Calls `run` once, `delayMs` from now or a little later. */
  setTimer(delayMs: number, run: () => void): { readonly cancel: () => void };
}

export class DeadlineTimer {
  readonly #clock: TimerClock;
  readonly #gapMs: number;
  readonly #sweep: (now: number) => number;
  readonly #longestMs: number;
  #at = Number.POSITIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;
  #timer: { readonly cancel: () => void } | undefined;

  /**
   * @param gapMs shortest time between two sweeps, in milliseconds: bounds their cost, and how late a sweep may be.
   * @param sweep handles everything due at `now`, and returns the earliest remaining deadline, or Infinity.
   * @param longestMs longest time the timer waits for a deadline that may no longer be needed, in milliseconds.
   */
  constructor(
    clock: TimerClock,
    gapMs: number,
    sweep: (now: number) => number,
    longestMs: number = Number.POSITIVE_INFINITY,
  ) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#sweep = sweep;
    this.#longestMs = longestMs;
  }

  /** Ensures a sweep at `at` or a little later. */
  arm(at: number): void {
    if (at >= this.#at) return;
    const now = this.#clock.now();
    const due = Math.min(Math.max(at, this.#notBefore), now + this.#longestMs);
    if (due >= this.#at) return;
    this.#timer?.cancel();
    this.#at = due;
    const timer = this.#clock.setTimer(Math.max(0, Math.ceil(due - now)), () => {
      // On a clock that lets something else run first, the timer may have been replaced since it fired.
      if (this.#timer === timer) this.#fire();
    });
    this.#timer = timer;
  }

  /** No deadline is left: stops the timer until the next one. */
  rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** Stops permanently: nothing is swept any more. */
  close(): void {
    this.rest();
    // Earlier than any deadline, so that nothing arms it again.
    this.#at = Number.NEGATIVE_INFINITY;
  }

  #fire(): void {
    const now = this.#clock.now();
    this.rest();
    this.#notBefore = now + this.#gapMs;
    this.arm(this.#sweep(now));
  }
}
