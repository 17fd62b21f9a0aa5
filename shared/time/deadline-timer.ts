/**
 * One timer for many deadlines, because a timer for each request would cost more than the request: set to the earliest, and set again only when
 * it fires. A deadline costs one comparison, and nothing when it is not needed any more. Pure but for its clock.
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
   * @param gapMs shortest time between two sweeps: bounds their cost however the deadlines lie, and is the most that one is late.
   * @param sweep deals with all that is due at `now`, and answers the earliest deadline that is left, or Infinity.
   * @param longestMs most that the timer waits for a deadline that may not be needed any more.
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

  /** Makes sure that a sweep happens at `at` or a little later. */
  arm(at: number): void {
    if (at >= this.#at) return;
    const now = this.#clock.now();
    const due = Math.min(Math.max(at, this.#notBefore), now + this.#longestMs);
    if (due >= this.#at) return;
    this.#timer?.cancel();
    this.#at = due;
    const timer = this.#clock.setTimer(Math.max(0, Math.ceil(due - now)), () => {
      // Of a clock that lets something else go first, the timer may have been replaced since it fired.
      if (this.#timer === timer) this.#fire();
    });
    this.#timer = timer;
  }

  /** No deadline is left: the timer rests until the next one. */
  rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** For good: nothing is swept any more. */
  close(): void {
    this.rest();
    // Earlier than any deadline.
    this.#at = Number.NEGATIVE_INFINITY;
  }

  #fire(): void {
    const now = this.#clock.now();
    this.rest();
    this.#notBefore = now + this.#gapMs;
    this.arm(this.#sweep(now));
  }
}
