/** The windows of one length of one stream: the open one, and the last closed ones. Knows no viewers. */

import { WINDOW_STEP_MS } from '../../../shared/limits.js';
import type { StreamWindow } from '../../../shared/stream-protocol.js';
import type { CastItem } from '../../contracts/broker.js';
import { ReceiptHistogram } from '../../core/receipts.js';
import { SAMPLES, type WindowBucket } from './window-bucket.js';

/** A closed window. */
export interface ClosedWindow {
  /** Counts the closed windows of its tally from 0, without gaps. */
  readonly number: number;
  /** Without samples. */
  readonly window: StreamWindow;
  readonly json: string;
}

/** Candidates for the samples of a long window. */
const MAX_CANDIDATES = 16;

export class WindowTally {
  readonly windowMs: number;
  readonly #keep: number;
  readonly #labels: readonly string[];
  readonly #closed: ClosedWindow[] = [];
  /** When counting began, in milliseconds since 1970, and at which offset. */
  #since: number;
  readonly startOffset: number;
  /** Index of the open window: its start divided by its length. */
  #index: number;
  /** Number of windows closed. */
  #closings = 0;
  #count = 0;
  #failed = 0;
  readonly #labelCounts: number[];
  readonly #labelSums: number[];
  readonly #receipts = new ReceiptHistogram();
  #candidates: CastItem[] = [];

  /** @param keep number of closed windows to keep. */
  constructor(windowMs: number, keep: number, labels: readonly string[], since: number, startOffset: number) {
    this.windowMs = windowMs;
    this.#keep = keep;
    this.#labels = labels;
    this.#since = since;
    this.startOffset = startOffset;
    this.#index = Math.floor(since / windowMs);
    this.#labelCounts = labels.map(() => 0);
    this.#labelSums = labels.map(() => 0);
  }

  /** Closed windows, oldest first. */
  get closed(): readonly ClosedWindow[] {
    return this.#closed;
  }

  /** Items up to this offset are in no window that is kept. */
  get coveredFrom(): number {
    const oldest = this.#closed[0]?.window;
    return oldest === undefined ? this.startOffset : oldest.offset - oldest.count;
  }

  /** Up to four items of the open window, spread over it. */
  get samples(): readonly CastItem[] {
    const all = this.#candidates;
    if (all.length <= SAMPLES) return all;
    return Array.from(
      { length: SAMPLES },
      (_, i) => all[Math.round((i * (all.length - 1)) / (SAMPLES - 1))] as CastItem,
    );
  }

  /** True when a bucket with this start is beyond the open window. */
  isOver(bucketAt: number): boolean {
    return Math.floor(bucketAt / this.windowMs) !== this.#index;
  }

  /** True when the bucket with this start is the last of the open window. */
  endsWith(bucketAt: number): boolean {
    return (bucketAt + WINDOW_STEP_MS) % this.windowMs === 0;
  }

  /** Adds a bucket to the open window, to which it must belong. */
  add(bucket: WindowBucket): void {
    this.#failed += bucket.failed;
    if (bucket.count === 0) return;
    this.#count += bucket.count;
    for (let i = 0; i < this.#labels.length; i++) {
      this.#labelCounts[i] = (this.#labelCounts[i] as number) + (bucket.labelCounts[i] as number);
      this.#labelSums[i] = (this.#labelSums[i] as number) + (bucket.labelSums[i] as number);
    }
    this.#receipts.merge(bucket.receipts);
    this.#candidates.push(...bucket.samples);
    if (this.#candidates.length > MAX_CANDIDATES) this.#candidates = this.#candidates.slice(-MAX_CANDIDATES);
  }

  /**
   * Closes the open window with the offset of the stream's last item before its end, and opens the one that contains
   * `nextAt`. `cutAt`: when the calendar left the window before its end.
   */
  close(offset: number, nextAt: number, cutAt?: number): ClosedWindow {
    const at = this.#index * this.windowMs;
    // The rate of a window that was cut, or began before the tally did, covers only the part observed.
    const seconds = ((cutAt ?? at + this.windowMs) - Math.max(at, this.#since)) / 1000;
    if (cutAt !== undefined) this.#since = nextAt;
    const count = this.#count;
    const labels = this.#labels.map((label, i) => {
      const mean = count === 0 ? 0 : (this.#labelSums[i] as number) / count;
      return [label, { count: this.#labelCounts[i] as number, mean: round(mean) }] as const;
    });
    const [p50, p99] = [this.#receipts.percentile(0.5), this.#receipts.percentile(0.99)];
    const window: StreamWindow = {
      at,
      offset,
      count,
      failed: this.#failed,
      rate: round(count / Math.max(seconds, WINDOW_STEP_MS / 1000)),
      labels: Object.fromEntries(labels),
      ...(p50 === undefined || p99 === undefined ? {} : { p50, p99 }),
    };
    const closed = { number: this.#closings++, window, json: JSON.stringify(window) };
    this.#closed.push(closed);
    if (this.#closed.length > this.#keep) this.#closed.shift();
    this.#index = Math.floor(nextAt / this.windowMs);
    this.#count = 0;
    this.#failed = 0;
    this.#labelCounts.fill(0);
    this.#labelSums.fill(0);
    this.#receipts.clear();
    this.#candidates = [];
    return closed;
  }
}

/** To four decimals: more is meaningless and takes room. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
