/** Makes the receipt of a prediction, and keeps those of the last ten seconds for who wants to know how the hub does. */

import type { ReceiptParts, Timing } from '../../shared/protocol.js';
import { ReceiptHistogram } from './receipt-histogram.js';

/** How the batch that a request was answered from went; times on the core's clock, in milliseconds. */
export interface BatchRun {
  readonly postedAt: number;
  readonly inferUs: number;
  readonly rows: number;
  readonly engine: string;
}

/** The receipt of a request: whole microseconds whose parts add up to the total, whatever the clocks of two threads say. */
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

const SLOTS = 10;
const SLOT_MS = 1000;

/** Receipts of the last {@link SLOTS} seconds. */
export class RecentReceipts {
  readonly #slots = Array.from({ length: SLOTS }, () => new ReceiptHistogram());
  /** Which second the newest slot is for. */
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
