/**
 * Rows waiting for one model version: bounded, served in turn between principals and their origins, first in first out
 * within an origin. Knows nothing about engines or sockets.
 */

import type { Clock } from '../../contracts/clock.js';
import type { ReadyModel } from '../../contracts/model.js';
import { DrainRate } from '../requests/drain-rate.js';
import type { Principal } from '../requests/principal.js';
import type { Origin, Pending, RequestQueue } from '../requests/request.js';
import { Batch, type BatchSource } from './batch.js';
import { CostModel } from './cost-model.js';
import { QUANTUM_ROWS, RoundRobin } from './round-robin.js';
import { RowArena } from './row-arena.js';

export interface QueueOptions {
  /** How long an idle engine waits for more rows, in milliseconds. @default 0 */
  readonly tickMs: number;
  /** Target duration of a batch by the cost model, in milliseconds. @default 50 */
  readonly maxBatchMs: number;
  /** Maximum rows per batch, whatever their cost: bounds memory. @default 4096 */
  readonly maxBatchRows: number;
  /** Maximum waiting rows. @default 8192 */
  readonly maxQueueRows: number;
  /** Maximum bytes of tensor rows held, waiting and running. @default 256 MiB */
  readonly maxArenaBytes: number;
}

export class ModelQueue implements RequestQueue, BatchSource {
  readonly model: ReadyModel;
  readonly arena: RowArena;
  readonly cost: CostModel;
  readonly #options: QueueOptions;
  readonly #clock: Clock;
  readonly #waiting = new RoundRobin<Pending>();
  readonly #drain = new DrainRate();
  /** Rows refused because the queue was full and given a retry time, and the latest such time. */
  promisedRows = 0;
  lastAt = 0;
  #rows = 0;
  #textBytes = 0;

  readonly #siblings: (() => Iterable<ModelQueue>) | undefined;

  /**
   * @param slots batches that may run while others wait; running rows keep their slots in the arena.
   * @param siblings queues of the same model at all of its sizes, this one too: the limits are for all together.
   */
  constructor(
    model: ReadyModel,
    options: QueueOptions,
    slots: number,
    clock: Clock,
    siblings?: () => Iterable<ModelQueue>,
  ) {
    const maxBatchRows = Math.min(options.maxBatchRows, model.maxBatchRows ?? options.maxBatchRows);
    this.model = model;
    this.cost = new CostModel(model.warmUp);
    this.arena = new RowArena(model.spec.inputs, options.maxQueueRows + slots * maxBatchRows, options.maxArenaBytes);
    this.#options = { ...options, maxBatchRows };
    this.#clock = clock;
    this.#siblings = siblings;
  }

  /** Number of waiting rows. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that fit, once `freed` of the waiting rows have left. */
  freeRows(freed = 0): number {
    const own = Math.min(this.#options.maxQueueRows - this.#rows + freed, this.arena.capacity - this.arena.used);
    if (this.#siblings === undefined) return own;
    let [rows, bytes] = [0, 0];
    for (const queue of this.#siblings()) {
      rows += queue.rows;
      bytes += queue.arena.used * queue.arena.rowBytes;
    }
    const { maxQueueRows, maxArenaBytes } = this.#options;
    const left = Math.floor((maxArenaBytes - bytes) / Math.max(1, this.arena.rowBytes));
    // One row of any size finds room where nothing else is held.
    return Math.min(own, maxQueueRows - rows + freed, bytes === 0 ? Math.max(1, left) : left);
  }

  /** Waiting rows of a principal. */
  rowsOf(principal: Principal): number {
    return this.#waiting.rowsOf(principal);
  }

  /** Whether another origin has waiting rows. */
  holdsAnother(than: Origin): boolean {
    return this.#waiting.holdsAnother(than);
  }

  /** Rows in a batch at the current cost estimate. */
  get batchRows(): number {
    const { maxBatchMs, maxBatchRows } = this.#options;
    return Math.min(this.cost.rowsWithin(maxBatchMs), maxBatchRows);
  }

  /** Expected time until the rows now waiting are done, in milliseconds, on one slot. */
  backlogMs(): number {
    return this.cost.backlogMs(this.#rows, this.#textBytes, this.batchRows);
  }

  /** The same for those that run before `rows` more of this origin, whose turn comes before the last of the others. */
  backlogMsOf(origin: Origin, rows: number): number {
    const ahead = Math.min(this.#rows, this.#waiting.rowsUntil(origin, rows));
    if (ahead === 0) return 0;
    return this.cost.backlogMs(ahead, (ahead / this.#rows) * this.#textBytes, this.batchRows);
  }

  /**
   * Expected interval at which rows leave the queue while it is full, in milliseconds per row. Measured while rows
   * waited; before that, by the cost model on one slot.
   */
  drainMs(): number {
    const { batchRows } = this;
    return this.#drain.rowMs ?? this.cost.batchMs(batchRows, 0) / batchRows;
  }

  /** The same per row of this principal, or of one of its origins if given. */
  drainMsOf(principal: Principal, origin?: Origin): number {
    return this.drainMs() / this.#waiting.portionOf(principal, this.#rows, origin);
  }

  /** Expected time of a full batch of the waiting rows, in milliseconds: rows leave a batch at a time. */
  stepMs(): number {
    return this.cost.batchMs(Math.min(Math.max(1, this.#rows), this.batchRows), 0);
  }

  /**
   * Adds a request whose rows are in the arena: at the end of its origin's lane, or before another one waiting there.
   */
  add(pending: Pending, before?: Pending): void {
    this.#waiting.add(pending, before);
    this.#rows += pending.rows;
    this.#textBytes += this.#textOf(pending.queuedSlot, pending.rows);
  }

  /** Removes a settled request: its waiting rows are not computed, its slots are freed. */
  release(pending: Pending): void {
    if (pending.queuedRows > 0) {
      this.#rows -= pending.queuedRows;
      this.#textBytes -= this.#textOf(pending.queuedSlot, pending.queuedRows);
      this.#waiting.remove(pending);
      pending.queuedRows = 0;
      if (this.#rows === 0) this.#drain.pause();
    }
    this.arena.release(pending.firstSlot);
  }

  /**
   * Takes rows for one batch, in turn, as many as the budget allows; undefined when none wait. Expired requests are
   * passed to `expire`, which must settle them: their rows are not computed.
   */
  take(expire: (pending: Pending) => void): Batch | undefined {
    const now = this.#clock.now();
    const batch = new Batch(this);
    // A turn is at most a batch, so that small batches alternate.
    const quantum = Math.min(QUANTUM_ROWS, this.batchRows);
    let budget = this.#options.maxBatchMs;
    for (let pending = this.#waiting.next; pending !== undefined; pending = this.#waiting.next) {
      if (pending.deadline <= now) {
        expire(pending);
        continue;
      }
      budget = this.cost.budgetMs(budget, pending.deadline - now);
      const most = Math.min(this.#waiting.allowance(quantum), pending.queuedRows);
      if (this.#takeRows(pending, most, batch, budget) < most) break;
    }
    if (batch.rows === 0) return undefined;
    if (this.#rows > 0 || this.#drain.isMeasuring) this.#drain.took(now, batch.rows, this.#rows > 0);
    return batch;
  }

  /** Moves up to `most` rows of one request into the batch while the budget lasts; returns the number moved. */
  #takeRows(pending: Pending, most: number, batch: Batch, budget: number): number {
    const firstSlot = pending.queuedSlot;
    let slot = firstSlot;
    let taken = 0;
    let textBytes = 0;
    const end = Math.min(most, this.#options.maxBatchRows - batch.rows);
    while (taken < end) {
      const bytes = this.arena.textBytes(slot);
      const first = batch.rows + taken === 0;
      if (!first && this.cost.batchMs(batch.rows + taken + 1, batch.textBytes + textBytes + bytes) > budget) break;
      textBytes += bytes;
      slot = this.arena.after(slot);
      taken += 1;
    }
    if (taken === 0) return 0;
    batch.add({ pending, firstRow: pending.rows - pending.queuedRows, rows: taken, firstSlot }, textBytes);
    this.#rows -= taken;
    this.#textBytes -= textBytes;
    pending.queuedRows -= taken;
    pending.queuedSlot = slot;
    this.#waiting.spend(pending, taken);
    return taken;
  }

  #textOf(firstSlot: number, rows: number): number {
    let bytes = 0;
    let slot = firstSlot;
    for (let row = 0; row < rows; row++) {
      bytes += this.arena.textBytes(slot);
      slot = this.arena.after(slot);
    }
    return bytes;
  }
}
