/**
 * Rows waiting for one model version: bounded, fair between origins, first in first out within one. Knows nothing about engines
 * or sockets.
 */

import { Batch } from './batch.js';
import type { Clock } from './clock.js';
import { CostLine } from './cost-line.js';
import { batchRows, budgetMs, type FlushOptions } from './flush-policy.js';
import type { ReadyModel } from './model-spec.js';
import type { Origin } from './origin.js';
import type { Pending } from './pending.js';
import { RowArena } from './row-arena.js';

/** Rows that one origin may add before the next one's turn comes. */
const QUANTUM_ROWS = 16;

export interface QueueOptions extends FlushOptions {
  /** Most rows waiting. @default 8192 */
  readonly maxQueueRows: number;
  /** Most bytes of tensor rows kept, waiting and running. @default 256 MiB */
  readonly maxArenaBytes: number;
}

/** The waiting requests of one origin, oldest first. */
interface Lane {
  readonly origin: Origin;
  head: Pending | undefined;
  tail: Pending | undefined;
}

export class ModelQueue {
  readonly model: ReadyModel;
  readonly arena: RowArena;
  readonly cost: CostLine;
  readonly #options: QueueOptions;
  readonly #clock: Clock;
  /** In turn order: a lane that gave its share goes to the end. */
  readonly #lanes = new Map<Origin, Lane>();
  #rows = 0;
  #textBytes = 0;

  /** @param slots batches that may run while others wait; their rows keep their slots in the arena. */
  constructor(model: ReadyModel, options: QueueOptions, slots: number, clock: Clock) {
    this.model = model;
    this.cost = new CostLine(model.warmUp);
    this.arena = new RowArena(
      model.spec.inputs,
      options.maxQueueRows + slots * options.maxBatchRows,
      options.maxArenaBytes,
    );
    this.#options = options;
    this.#clock = clock;
  }

  /** Rows waiting. */
  get rows(): number {
    return this.#rows;
  }

  /** True when so many more rows may wait, once `freed` of those that wait have gone. */
  hasRoom(rows: number, freed = 0): boolean {
    return this.#rows - freed + rows <= this.#options.maxQueueRows && this.arena.used + rows <= this.arena.capacity;
  }

  /** Expected time until the rows that wait now are done, in milliseconds, on one slot. */
  backlogMs(): number {
    return this.cost.backlogMs(this.#rows, this.#textBytes, batchRows(this.cost, this.#options));
  }

  /** Adds a request whose rows are in the arena: at the end of its origin's lane, or before another one that waits there. */
  add(pending: Pending, before?: Pending): void {
    let lane = this.#lanes.get(pending.origin);
    if (lane === undefined) {
      lane = { origin: pending.origin, head: undefined, tail: undefined };
      this.#lanes.set(pending.origin, lane);
    }
    pending.previous = before === undefined ? lane.tail : before.previous;
    pending.next = before;
    if (pending.previous === undefined) lane.head = pending;
    else pending.previous.next = pending;
    if (before === undefined) lane.tail = pending;
    else before.previous = pending;
    this.#rows += pending.rows;
    this.#textBytes += this.#textOf(pending.queuedSlot, pending.rows);
  }

  /** Takes a settled request out: its waiting rows are not computed, its slots are free. */
  release(pending: Pending): void {
    if (pending.queuedRows > 0) {
      this.#rows -= pending.queuedRows;
      this.#textBytes -= this.#textOf(pending.queuedSlot, pending.queuedRows);
      pending.queuedRows = 0;
      this.#unlink(pending);
    }
    this.arena.release(pending.firstSlot);
  }

  /**
   * Takes rows for one batch, in turn between origins, as many as the budget allows; undefined when none wait. A request that has
   * expired is given to `expire`, which must settle it: its rows are not computed.
   */
  take(expire: (pending: Pending) => void): Batch | undefined {
    const now = this.#clock.now();
    const batch = new Batch(this);
    let budget = this.#options.maxBatchMs;
    for (const lane of this.#lanes.values()) {
      let share = QUANTUM_ROWS;
      while (share > 0 && lane.head !== undefined) {
        const pending = lane.head;
        if (pending.deadline <= now) {
          expire(pending);
          continue;
        }
        budget = budgetMs(budget, pending.deadline - now, this.cost);
        const taken = this.#takeRows(pending, share, batch, budget);
        share -= taken;
        if (pending.queuedRows > 0 && share > 0) return batch;
      }
      if (lane.head !== undefined) {
        // To the end of the turn order; the loop comes by again.
        this.#lanes.delete(lane.origin);
        this.#lanes.set(lane.origin, lane);
      }
    }
    return batch.rows > 0 ? batch : undefined;
  }

  /** Moves up to `share` rows of one request into the batch while the budget lasts; how many it moved. */
  #takeRows(pending: Pending, share: number, batch: Batch, budget: number): number {
    const firstSlot = pending.queuedSlot;
    let slot = firstSlot;
    let taken = 0;
    let textBytes = 0;
    const most = Math.min(share, pending.queuedRows, this.#options.maxBatchRows - batch.rows);
    while (taken < most) {
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
    if (pending.queuedRows === 0) this.#unlink(pending);
    return taken;
  }

  #unlink(pending: Pending): void {
    const { previous, next } = pending;
    const lane = this.#lanes.get(pending.origin);
    if (lane === undefined) return;
    if (previous === undefined) lane.head = next;
    else previous.next = next;
    if (next === undefined) lane.tail = previous;
    else next.previous = previous;
    pending.previous = undefined;
    pending.next = undefined;
    if (lane.head === undefined) this.#lanes.delete(pending.origin);
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
