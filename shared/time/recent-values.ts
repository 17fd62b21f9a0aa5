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
    return ranked(this.#sorted(), share);
  }

  /** Of values in milliseconds: the median and the tail. Undefined without values. */
  get p50AndP99(): { readonly p50Ms: number; readonly p99Ms: number } | undefined {
    const sorted = this.#sorted();
    const [p50Ms, p99Ms] = [ranked(sorted, 0.5), ranked(sorted, 0.99)];
    return p50Ms === undefined || p99Ms === undefined ? undefined : { p50Ms, p99Ms };
  }

  #sorted(): readonly number[] {
    return [...this.#values].sort((a, b) => a - b);
  }
}

function ranked(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
