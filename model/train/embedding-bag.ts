// The table of n-gram vectors and their weighted sum. The sum is linear, so its gradient needs no autodiff: only the rows that a batch
// holds are read, summed and moved, where a dense gradient over the whole table would be several hundred times the work.
import { Adam } from './adam.js';
import type { FeatureSet } from './features.js';

export class EmbeddingBag {
  readonly table: Float32Array;
  private readonly adam: Adam;
  private readonly gradient: Float32Array;
  /** Rows with a gradient in this batch. */
  private readonly touched: Int32Array;
  private readonly isTouched: Uint8Array;
  private touchedCount = 0;

  /** All rows start at zero: an n-gram that training never saw then says nothing. */
  constructor(
    readonly rows: number,
    readonly width: number,
  ) {
    this.table = new Float32Array(rows * width);
    this.gradient = new Float32Array(rows * width);
    this.adam = new Adam(this.table);
    this.touched = new Int32Array(rows);
    this.isTouched = new Uint8Array(rows);
  }

  /** The weighted sums of the texts of `batch`, one after the other. `keep` scales every n-gram, in the order they are visited. */
  sum(set: FeatureSet, batch: Int32Array, keep?: Float32Array): Float32Array {
    const { table, width } = this;
    const sums = new Float32Array(batch.length * width);
    let visited = 0;
    for (let row = 0; row < batch.length; row++) {
      const text = batch[row] ?? 0;
      const end = set.starts[text + 1] ?? 0;
      const out = row * width;
      for (let i = set.starts[text] ?? 0; i < end; i++) {
        const weight = (set.weights[i] ?? 0) * (keep === undefined ? 1 : (keep[visited++] ?? 0));
        if (weight === 0) continue;
        const from = (set.ids[i] ?? 0) * width;
        for (let k = 0; k < width; k++) sums[out + k] = (sums[out + k] ?? 0) + weight * (table[from + k] ?? 0);
      }
    }
    return sums;
  }

  /** Moves the rows of `batch` against the gradient of the sums. `batch` and `keep` as they were given to `sum`. */
  update(
    set: FeatureSet,
    batch: Int32Array,
    keep: Float32Array,
    slopes: Float32Array,
    rate: number,
    step: number,
  ): void {
    const { gradient, width } = this;
    let visited = 0;
    for (let row = 0; row < batch.length; row++) {
      const text = batch[row] ?? 0;
      const end = set.starts[text + 1] ?? 0;
      const from = row * width;
      for (let i = set.starts[text] ?? 0; i < end; i++) {
        const weight = (set.weights[i] ?? 0) * (keep[visited++] ?? 0);
        if (weight === 0) continue;
        const id = set.ids[i] ?? 0;
        this.touch(id);
        const to = id * width;
        for (let k = 0; k < width; k++) gradient[to + k] = (gradient[to + k] ?? 0) + weight * (slopes[from + k] ?? 0);
      }
    }
    for (let i = 0; i < this.touchedCount; i++) {
      const id = this.touched[i] ?? 0;
      this.adam.update(id * width, gradient, id * width, width, rate, step);
      gradient.fill(0, id * width, (id + 1) * width);
      this.isTouched[id] = 0;
    }
    this.touchedCount = 0;
  }

  /** N-grams that `sum` visits for these texts: the length of `keep`. */
  visits(set: FeatureSet, batch: Int32Array): number {
    let count = 0;
    for (const text of batch) count += (set.starts[text + 1] ?? 0) - (set.starts[text] ?? 0);
    return count;
  }

  private touch(id: number): void {
    if (this.isTouched[id] === 1) return;
    this.isTouched[id] = 1;
    this.touched[this.touchedCount++] = id;
  }
}
