/** Makes receipts of predictions, and keeps those of the last ten seconds for status and metrics. */

import type { ReceiptParts, Timing } from '../../shared/protocol.js';
import { Buckets, Histogram } from '../../shared/time/histogram.js';

/** Timing of the batch that completed a request, on the core's clock, in milliseconds. */
export interface BatchRun {
  readonly postedAt: number;
  readonly inferUs: number;
  readonly rows: number;
  readonly engine: string;
}

/**
 * The receipt of a request, in integer microseconds whose parts add up to the total, even if the clocks of two threads
 * disagree.
 */
export function makeReceipt(acceptedAt: number, run: BatchRun, now: number): Timing {
  const totalUs = Math.max(0, Math.round((now - acceptedAt) * 1000));
  const queueUs = Math.min(totalUs, Math.max(0, Math.round((run.postedAt - acceptedAt) * 1000)));
  const inferUs = Math.min(totalUs - queueUs, Math.round(run.inferUs));
  return {
    queueUs,
    batchUs: totalUs - queueUs - inferUs,
    inferUs,
    totalUs,
    batchRows: run.rows,
    engine: run.engine,
  };
}

/** An eighth of an octave (9 %) per bucket, up to 2^27 us, which exceeds any timeout. */
const STEPS = new Buckets(Array.from({ length: 27 * 8 - 1 }, (_, step) => Math.ceil(2 ** ((step + 1) / 8)) - 1));

/** Counts receipts by their total, with the sums of their parts, so that a percentile comes with its breakdown. */
export class ReceiptHistogram {
  readonly #totals = new Histogram(STEPS, 3);

  record({ queueUs, batchUs, inferUs, totalUs }: ReceiptParts): void {
    this.#totals.record(totalUs, queueUs, batchUs, inferUs);
  }

  merge(other: ReceiptHistogram): void {
    this.#totals.merge(other.#totals);
  }

  clear(): void {
    this.#totals.clear();
  }

  /** As {@link Histogram.around}: separate percentiles of the parts would not add up to that of the total. */
  percentile(share: number): ReceiptParts | undefined {
    const parts = this.#totals.around(share);
    if (parts === undefined) return undefined;
    const [queueUs, batchUs, inferUs] = parts.map(Math.round) as [number, number, number];
    return { queueUs, batchUs, inferUs, totalUs: queueUs + batchUs + inferUs };
  }
}

const SLOTS = 10;
const SLOT_MS = 1000;

/** Receipts of the last {@link SLOTS} seconds. */
export class RecentReceipts {
  readonly #slots = Array.from({ length: SLOTS }, () => new ReceiptHistogram());
  /** The second that the newest slot is for. */
  #second = 0;

  record(receipt: ReceiptParts, now: number): void {
    this.#roll(now);
    this.#slots[this.#second % SLOTS]?.record(receipt);
  }

  /** The receipts around the percentiles; empty without receipts. */
  percentiles(now: number): { readonly p50?: ReceiptParts; readonly p99?: ReceiptParts } {
    this.#roll(now);
    const all = new ReceiptHistogram();
    for (const slot of this.#slots) all.merge(slot);
    const [p50, p99] = [all.percentile(0.5), all.percentile(0.99)];
    return p50 === undefined || p99 === undefined ? {} : { p50, p99 };
  }

  #roll(now: number): void {
    const second = Math.floor(now / SLOT_MS);
    for (let i = 0; this.#second < second && i < SLOTS; i++) {
      this.#second = Math.max(this.#second + 1, second - SLOTS + 1);
      this.#slots[this.#second % SLOTS]?.clear();
    }
  }
}
