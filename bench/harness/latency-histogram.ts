/**
 * Counts latencies in buckets whose width grows with the value, so that a percentile is exact to 1/128 at any magnitude
 * in constant memory. Knows only integers; the bench uses microseconds.
 */

/** Values below 2^8 have a bucket each; above, every doubling has 128. */
const LINEAR_BITS = 8;
const HALF = 1 << (LINEAR_BITS - 1);
/** Largest value: 2^31 us is 36 minutes, more than any deadline of the bench. */
const MAX_BITS = 31;
const BUCKETS = (1 << LINEAR_BITS) + (MAX_BITS - LINEAR_BITS) * HALF;

/** Index and count of each non-empty bucket: a histogram's form in messages between processes. */
export type HistogramCounts = readonly (readonly [bucket: number, count: number])[];

export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  static of(...parts: readonly HistogramCounts[]): LatencyHistogram {
    const histogram = new LatencyHistogram();
    for (const [bucket, count] of parts.flat()) histogram.#add(bucket, count);
    return histogram;
  }

  get total(): number {
    return this.#total;
  }

  /** Fractions are dropped; values beyond the largest count as the largest. */
  record(value: number): void {
    this.#add(bucketOf(value), 1);
  }

  #add(bucket: number, count: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    this.#total += count;
  }

  /** The value that `share` (0 to 1) of the records do not exceed: the middle of its bucket. NaN without records. */
  percentile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return middleOf(bucket);
    }
    return middleOf(BUCKETS - 1);
  }

  toCounts(): HistogramCounts {
    const counts: [number, number][] = [];
    this.#counts.forEach((count, bucket) => {
      if (count > 0) counts.push([bucket, count]);
    });
    return counts;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}

function bucketOf(value: number): number {
  const whole = Math.min(Math.max(Math.floor(value), 0), 2 ** MAX_BITS - 1);
  // How far to shift right until the value fits into LINEAR_BITS.
  const shift = Math.max(0, 32 - Math.clz32(whole) - LINEAR_BITS);
  return shift * HALF + (whole >>> shift);
}

function middleOf(bucket: number): number {
  if (bucket < 1 << LINEAR_BITS) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  const lowest = (bucket - shift * HALF) * 2 ** shift;
  return lowest + (2 ** shift - 1) / 2;
}
