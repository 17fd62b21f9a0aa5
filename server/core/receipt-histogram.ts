/**
 * Counts receipts by their total, in steps of an eighth of an octave (9 %), with the sums of their parts: so that a percentile can be
 * told with where its time went. Constant memory, whatever is recorded.
 */

import type { ReceiptParts } from '../../shared/protocol.js';

const STEPS_PER_OCTAVE = 8;
/** Up to 2^27 us, more than any timeout. */
const STEPS = 27 * STEPS_PER_OCTAVE;
const COUNT = 0;
const QUEUE = 1;
const BATCH = 2;
const INFER = 3;
const FIELDS = 4;

export class ReceiptHistogram {
  /** Count and sums of the parts, step after step. */
  readonly #sums = new Float64Array(STEPS * FIELDS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  record({ queueUs, batchUs, inferUs, totalUs }: ReceiptParts): void {
    const step = totalUs < 1 ? 0 : Math.min(STEPS - 1, (Math.log2(totalUs) * STEPS_PER_OCTAVE) | 0);
    const at = step * FIELDS;
    const sums = this.#sums;
    sums[at] = (sums[at] as number) + 1;
    sums[at + QUEUE] = (sums[at + QUEUE] as number) + queueUs;
    sums[at + BATCH] = (sums[at + BATCH] as number) + batchUs;
    sums[at + INFER] = (sums[at + INFER] as number) + inferUs;
    this.#count += 1;
  }

  merge(other: ReceiptHistogram): void {
    if (other.#count === 0) return;
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] = (this.#sums[i] as number) + (other.#sums[i] as number);
    this.#count += other.#count;
  }

  clear(): void {
    if (this.#count === 0) return;
    this.#sums.fill(0);
    this.#count = 0;
  }

  /**
   * The mean parts of the receipts around the one that `share` (0 to 1) of all do not exceed: those of its step. Percentiles of the
   * parts taken one by one would not add up to that of the total. Undefined without receipts.
   */
  percentile(share: number): ReceiptParts | undefined {
    if (this.#count === 0) return undefined;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let at = 0; at < this.#sums.length; at += FIELDS) {
      const count = this.#sums[at + COUNT] as number;
      left -= count;
      if (left > 0 || count === 0) continue;
      const mean = (field: number): number => Math.round((this.#sums[at + field] as number) / count);
      const [queueUs, batchUs, inferUs] = [mean(QUEUE), mean(BATCH), mean(INFER)];
      return { queueUs, batchUs, inferUs, totalUs: queueUs + batchUs + inferUs };
    }
    return undefined;
  }
}
