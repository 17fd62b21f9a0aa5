/**
 * Rate limit per caller, with bursts of the same size after a pause: the generic cell rate algorithm (ITU-T I.371).
 * Keeps one number per caller: when its allowance is full again.
 */

import type { Clock } from '../contracts/clock.js';

/** Maximum callers known. Beyond it the oldest is forgotten, and starts afresh. */
const MAX_CALLERS = 65_536;
/** How often callers with a full allowance are forgotten, in milliseconds. */
const SWEEP_MS = 1_000;

export class RateLimit {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  readonly #wholeAt = new Map<string, number>();
  #sweepAt = 0;

  /** @param perSecond at least 1; also the burst size. */
  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#intervalMs = 1000 / perSecond;
    this.#toleranceMs = 1000 - this.#intervalMs;
  }

  /** Number of callers kept. */
  get size(): number {
    return this.#wholeAt.size;
  }

  /** Counts one request of this caller. Returns 0, or the milliseconds to wait, in which case it is not counted. */
  take(caller: string): number {
    const now = this.#clock.now();
    this.#sweep(now);
    const wholeAt = Math.max(now, this.#wholeAt.get(caller) ?? now);
    const early = wholeAt - now - this.#toleranceMs;
    // Rounding errors are no reason to refuse.
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
