/** Seeded random numbers: the same seed gives the same training run on every machine. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Uniform in [0, 1). The generator is splitmix32: its state is one counter. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }

  /** Normal with mean 0 and the given standard deviation. */
  normal(deviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return deviation * radius * Math.cos(2 * Math.PI * this.next());
  }

  normals(length: number, deviation: number): Float32Array {
    return Float32Array.from({ length }, () => this.normal(deviation));
  }

  /** Fills `mask` up to `length`: 0 with probability `rate`, else 1/(1 - rate), so that sums keep their mean. */
  dropout(mask: Float32Array, length: number, rate: number): void {
    const kept = 1 / (1 - rate);
    for (let i = 0; i < length; i++) mask[i] = this.next() < rate ? 0 : kept;
  }

  /** Shuffles in place. */
  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      const value = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = value;
    }
  }
}
