/**
 * A small seeded random generator (mulberry32), so that weights and inputs are the same in every process and every run.
 * Knows nothing of models.
 */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Uniform in [-bound, bound). */
  between(bound: number): number {
    return (this.next() * 2 - 1) * bound;
  }
}
