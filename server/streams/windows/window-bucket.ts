/** What happened on a stream during a quarter of a second: windows of every length are composed of these buckets. */

import { isOneForTwo } from '../../../shared/output.js';
import type { CastItem } from '../../contracts/broker.js';
import { ReceiptHistogram } from '../../core/receipts.js';

/** Samples kept per bucket and per window. */
export const SAMPLES = 4;

export class WindowBucket {
  /**
   * Number of items; per label, the items that had it as their best label, and the sum of its scores over all items.
   */
  count = 0;
  /** Number of failed predictions. */
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

  /** @param random from 0 to 1, for choosing samples. */
  add(entry: CastItem, random: () => number): void {
    const { item, receipt } = entry;
    this.count += 1;
    const scores = scoresOf(item, this.#labels.length);
    for (let i = 0; i < this.#labels.length; i++) {
      if (this.#labels[i] === item.label) this.labelCounts[i] = (this.labelCounts[i] as number) + 1;
      const score: unknown = scores?.[i];
      if (typeof score === 'number') this.labelSums[i] = (this.labelSums[i] as number) + score;
    }
    if (receipt !== undefined) this.receipts.record(receipt);
    this.#sample(entry, random);
  }

  /** Reservoir sampling (Vitter's algorithm R), in order of arrival: a new one goes to the end. */
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

/** By label, as far as the prediction is a list of them, or one for the second of two. */
function scoresOf({ prediction }: CastItem['item'], labels: number): readonly unknown[] | undefined {
  let value: unknown = prediction;
  while (Array.isArray(value) && value.length === 1) value = value[0];
  if (typeof value === 'number' && isOneForTwo(1, labels)) return [1 - value, value];
  return Array.isArray(prediction) ? prediction : undefined;
}
