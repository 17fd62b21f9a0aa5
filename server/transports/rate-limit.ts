/**
 * So many a second for each caller, and as many at once after a pause: the generic cell rate algorithm (ITU-T I.371). One number is
 * kept of a caller: the moment at which its allowance is whole again.
 */

import type { Clock } from '../contracts/clock.js';

/** Callers known at once. Beyond it the one that was heard first is forgotten, and begins anew. */
const MAX_CALLERS = 65_536;
/** How often callers whose allowance is whole are forgotten, in milliseconds. */
const SWEEP_MS = 1_000;

export class RateLimit {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  readonly #wholeAt = new Map<string, number>();
  #sweepAt = 0;

  /** @param perSecond at least 1; also how many may come at once. */
  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#intervalMs = 1000 / perSecond;
    this.#toleranceMs = 1000 - this.#intervalMs;
  }

  /** Callers that are kept. */
  get size(): number {
    return this.#wholeAt.size;
  }

  /** Counts one of this caller. Answers 0, or, and then it does not count, in how many milliseconds to come again. */
  take(caller: string): number {
    const now = this.#clock.now();
    this.#sweep(now);
    const wholeAt = Math.max(now, this.#wholeAt.get(caller) ?? now);
    const early = wholeAt - now - this.#toleranceMs;
    // A rounding error of a sum is no reason to refuse.
    if (early > 1e-6) return Math.ceil(early);
    if (this.#wholeAt.size >= MAX_CALLERS && !this.#wholeAt.has(caller)) this.#forgetOldest();
    this.#wholeAt.set(caller, wholeAt + this.#intervalMs);
    return 0;
  }

  #sweep(now: number): void {
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + SWEEP_MS;
    for (const [caller, wholeAt] of this.#wholeAt) if (wholeAt <= now) this.#wholeAt.delete(caller);
  }

  #forgetOldest(): void {
    for (const caller of this.#wholeAt.keys()) {
      this.#wholeAt.delete(caller);
      return;
    }
  }
}
