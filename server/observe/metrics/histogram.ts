/** Counts whole numbers in buckets with fixed bounds, without an allocation and without a look at most of the bounds. */

/** Upper bounds, ascending, each a whole number; a value belongs to the first bucket whose bound it does not exceed. */
export class Buckets {
  readonly bounds: readonly number[];
  /** The bounds, and infinity. */
  readonly #limits: Float64Array;
  /** By the number of a value's bits: the first bucket that it can belong to. */
  readonly #first: Uint8Array;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#limits = Float64Array.of(...bounds, Number.POSITIVE_INFINITY);
    this.#first = Uint8Array.from({ length: 33 }, (_, bits) => {
      const smallest = bits === 0 ? 0 : 2 ** (bits - 1);
      return this.#limits.findIndex((limit) => smallest <= limit);
    });
  }

  /** Index of the value's bucket; after the last bound there is one more. */
  indexOf(value: number): number {
    let index = this.#first[32 - Math.clz32(Math.min(value, MAX_UINT32))] as number;
    while (value > (this.#limits[index] as number)) index += 1;
    return index;
  }
}

const MAX_UINT32 = 0xffff_ffff;

/**
 * Times in microseconds, from 50 us to 60 s: below it is the idle hub with a small model, above it no request lives (MAX_TIMEOUT_MS). Steps
 * of 1, 2 and 5 keep the error of an estimated percentile within a factor of about two, let the limits that people promise (10 ms,
 * 100 ms, 1 s) be read exactly, and are 19 series for each time and model.
 */
export const TIME_US = new Buckets([
  50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
  5_000_000, 10_000_000, 20_000_000, 60_000_000,
]);

/** Rows of a batch: doubling, as far as a batch grows unless --max-batch-rows is raised. */
export const BATCH_ROWS = new Buckets([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]);

export class Histogram {
  readonly buckets: Buckets;
  /** By bucket, and behind them the sum of the values. */
  readonly #counts: Float64Array;
  readonly #sumAt: number;

  constructor(buckets: Buckets) {
    this.buckets = buckets;
    this.#sumAt = buckets.bounds.length + 1;
    this.#counts = new Float64Array(this.#sumAt + 1);
  }

  /** @param value whole and not negative */
  record(value: number): void {
    const counts = this.#counts;
    const index = this.buckets.indexOf(value);
    counts[index] = (counts[index] as number) + 1;
    counts[this.#sumAt] = (counts[this.#sumAt] as number) + value;
  }

  get sum(): number {
    return this.#counts[this.#sumAt] as number;
  }

  /** How many values did not exceed each bound, and at last how many there were. */
  cumulative(): readonly number[] {
    let count = 0;
    return Array.from(this.#counts.subarray(0, this.#sumAt), (own) => {
      count += own;
      return count;
    });
  }
}
