/** Rate limit of a single caller with bursts: the generic cell rate algorithm (ITU-T I.371), counted in units. */

import type { Clock } from '../../contracts/clock.js';

export class Allowance {
  readonly #clock: Clock;
  readonly #unitMs: number;
  readonly #burstMs: number;
  #wholeAt = 0;

  /** @param burst units available at once after a pause. */
  constructor(perSecond: number, burst: number, clock: Clock) {
    this.#clock = clock;
    this.#unitMs = 1000 / perSecond;
    this.#burstMs = burst * this.#unitMs;
  }

  /** True when nothing of it is used. */
  get isWhole(): boolean {
    return this.#wholeAt <= this.#clock.now();
  }

  /** Uses units, whether available or not. Returns the milliseconds by which it is overdrawn; 0 when it is not. */
  take(units: number): number {
    const now = this.#clock.now();
    this.#wholeAt = Math.max(now, this.#wholeAt) + units * this.#unitMs;
    const overdrawnMs = this.#wholeAt - now - this.#burstMs;
    // Rounding errors do not count as overdrawn.
    return overdrawnMs > 1e-6 ? Math.ceil(overdrawnMs) : 0;
  }
}
