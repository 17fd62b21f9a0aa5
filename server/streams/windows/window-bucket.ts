/** What happened on a stream in a quarter of a second: windows of every length are put together from these. */

import type { CastItem } from '../../contracts/broker.js';
import { ReceiptHistogram } from '../../core/receipts.js';

/** Items of one bucket, and of one window, that stand for the rest. */
export const SAMPLES = 4;

export class WindowBucket {
  /** Items; for each label, those that had it as their best, and the sum of its scores over all items. */
  count = 0;
  /** Predictions that failed. */
  failed = 0;
  readonly labelCounts: number[];
  readonly labelSums: number[];
  readonly receipts = new ReceiptHistogram();
  /** Oldest first. */
  readonly samples: CastItem[] = [];
  readonly #labels: readonly string[];

  constructor(labels: readonly string[]) {
    this.#labels = labels;
    this.labelCounts = labels.map(() => 0);
    this.labelSums = labels.map(() => 0);
  }

  /** @param random from 0 to 1, for the choice of samples. */
  add(entry: CastItem, random: () => number): void {
    const { item, receipt } = entry;
    this.count += 1;
    const scores: unknown = item.prediction;
    for (let i = 0; i < this.#labels.length; i++) {
      if (this.#labels[i] === item.label) this.labelCounts[i] = (this.labelCounts[i] as number) + 1;
      const score: unknown = Array.isArray(scores) ? scores[i] : undefined;
      if (typeof score === 'number') this.labelSums[i] = (this.labelSums[i] as number) + score;
    }
    if (receipt !== undefined) this.receipts.record(receipt);
    this.#sample(entry, random);
  }

  /** Reservoir sampling (Vitter's algorithm R), then in order of coming: a new one goes to the end. */
  #sample(entry: CastItem, random: () => number): void {
    if (this.samples.length < SAMPLES) {
      this.samples.push(entry);
      return;
    }
    const place = Math.floor(random() * this.count);
    if (place >= SAMPLES) return;
    this.samples.splice(place, 1);
    this.samples.push(entry);
  }
}
