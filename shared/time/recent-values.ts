/** The newest values of a series, for percentiles. */

const CAPACITY = 1000;

export class RecentValues {
  readonly #values: number[] = [];
  #next = 0;

  /** How many there are: 1,000 at most. */
  get size(): number {
    return this.#values.length;
  }

  /** Replaces the oldest when full. */
  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % CAPACITY;
  }

  /** The smallest value that a share (0 to 1) of them does not exceed; by nearest rank. Undefined without values. */
  percentile(share: number): number | undefined {
    const sorted = [...this.#values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  }
}
