/**
 * Counts integers in buckets with fixed bounds, and sums their parts. Allocates nothing and skips most bounds on
 * lookup.
 */

/**
 * Upper bounds, ascending integers; of equal bounds only the first counts. A value belongs to the first bucket whose
 * bound it does not exceed.
 */
export class Buckets {
  readonly bounds: readonly number[];
  /** The bounds, then infinity. */
  readonly #limits: Float64Array;
  /** Indexed by a value's bit length: the first bucket it can belong to. */
  readonly #first: Uint8Array;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#limits = Float64Array.of(...bounds, Number.POSITIVE_INFINITY);
    this.#first = Uint8Array.from({ length: 33 }, (_, bits) => {
      const smallest = bits === 0 ? 0 : 2 ** (bits - 1);
      return this.#limits.findIndex((limit) => smallest <= limit);
    });
  }

  /** Index of the value's bucket; values above the last bound share one more bucket. */
  indexOf(value: number): number {
    let index = this.#first[32 - Math.clz32(Math.min(value, MAX_UINT32))] as number;
    while (value > (this.#limits[index] as number)) index += 1;
    return index;
  }
}

const MAX_UINT32 = 0xffff_ffff;

export class Histogram {
  readonly buckets: Buckets;
  /** Per bucket: the number of values, and the sum of each of their parts. */
  readonly #cells: Float64Array;
  readonly #width: number;
  #count = 0;

  /** @param parts number of parts of each value, summed separately: one or three. */
  constructor(buckets: Buckets, parts: 1 | 3 = 1) {
    this.buckets = buckets;
    this.#width = 1 + parts;
    this.#cells = new Float64Array((buckets.bounds.length + 1) * this.#width);
  }

  /** @param value an integer >= 0; its only part when no parts are given */
  record(value: number, first = value, second = 0, third = 0): void {
    const cells = this.#cells;
    const at = this.buckets.indexOf(value) * this.#width;
    cells[at] = (cells[at] as number) + 1;
    cells[at + 1] = (cells[at + 1] as number) + first;
    this.#count += 1;
    if (this.#width === 2) return;
    cells[at + 2] = (cells[at + 2] as number) + second;
    cells[at + 3] = (cells[at + 3] as number) + third;
  }

  /** The same value several times; its only part. */
  recordMany(value: number, times: number): void {
    const cells = this.#cells;
    const at = this.buckets.indexOf(value) * this.#width;
    cells[at] = (cells[at] as number) + times;
    cells[at + 1] = (cells[at + 1] as number) + value * times;
    this.#count += times;
  }

  /** Sum of the first part over all values. */
  get sum(): number {
    let sum = 0;
    for (let at = 1; at < this.#cells.length; at += this.#width) sum += this.#cells[at] as number;
    return sum;
  }

  /** For each bound, how many values did not exceed it; finally, the total count. */
  cumulative(): readonly number[] {
    let count = 0;
    return Array.from({ length: this.buckets.bounds.length + 1 }, (_, index) => {
      count += this.#cells[index * this.#width] as number;
      return count;
    });
  }

  /**
   * The mean parts of the values around a quantile (`share`, 0 to 1): those in its bucket. Undefined without values.
   */
  around(share: number): readonly number[] | undefined {
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let at = 0; at < this.#cells.length; at += this.#width) {
      const count = this.#cells[at] as number;
      left -= count;
      if (left <= 0) return Array.from(this.#cells.subarray(at + 1, at + this.#width), (sum) => sum / count);
    }
    return undefined;
  }

  /** Adds the counts of another histogram with the same buckets and parts. */
  merge(other: Histogram): void {
    if (other.#count === 0) return;
    for (let i = 0; i < this.#cells.length; i++)
      this.#cells[i] = (this.#cells[i] as number) + (other.#cells[i] as number);
    this.#count += other.#count;
  }

  clear(): void {
    if (this.#count === 0) return;
    this.#cells.fill(0);
    this.#count = 0;
  }
}
