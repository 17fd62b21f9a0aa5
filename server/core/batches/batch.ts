/** Rows that run together: open while rows are added, then packed once. Slices its results back to the requests. */

import { batchBytes, viewBatch } from '../../../shared/batch-layout.js';
import { elementCount, newTensorArray, type TensorArray } from '../../../shared/tensor.js';
import type { ReadyModel } from '../../contracts/model.js';
import type { Outcome } from '../../contracts/outcome.js';
import { type BatchRun, makeReceipt } from '../receipts.js';
import type { Origin, Pending } from '../requests/request.js';
import type { CostModel } from './cost-model.js';
import { finitenessProblem } from './finiteness.js';
import type { RowArena } from './row-arena.js';

/** Where its rows come from. */
export interface BatchSource {
  readonly model: ReadyModel;
  readonly arena: RowArena;
  readonly cost: CostModel;
}

/** Consecutive rows of one request. */
export interface Segment {
  readonly pending: Pending;
  /** Index of its first row within the request. */
  readonly firstRow: number;
  readonly rows: number;
  readonly firstSlot: number;
}

export class Batch {
  readonly source: BatchSource;
  /** True for a part of a batch on which the engine failed. */
  readonly suspect: boolean;
  #segments: Segment[] = [];
  #rows = 0;
  #textBytes = 0;
  #results: readonly TensorArray[] = [];
  /** Delivered segments and rows, and the first row of the last of those segments. */
  #delivered = 0;
  #deliveredRows = 0;
  #deliveredRow = 0;

  constructor(source: BatchSource, suspect = false) {
    this.source = source;
    this.suspect = suspect;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Upper bound of the UTF-8 size of its texts, in bytes. */
  get textBytes(): number {
    return this.#textBytes;
  }

  /** When its oldest request was accepted, on the core's clock. */
  get oldestAt(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { pending } of this.#segments) if (pending.acceptedAt < oldest) oldest = pending.acceptedAt;
    return oldest;
  }

  add(segment: Segment, textBytes: number): void {
    this.#segments.push(segment);
    this.#rows += segment.rows;
    this.#textBytes += textBytes;
  }

  /** Drops the rows of requests settled in the meantime: their slots may be in use by others. */
  sweep(): void {
    if (this.#segments.every(({ pending }) => !pending.settled)) return;
    this.#segments = this.#segments.filter(({ pending }) => !pending.settled);
    this.#rows = this.#segments.reduce((rows, segment) => rows + segment.rows, 0);
  }

  /** Size of the buffer that {@link pack} needs, in bytes. */
  get bytes(): number {
    return batchBytes(this.source.model.spec, this.#rows, this.#textBytes);
  }

  /** Copies its rows into the buffer for the engine. */
  pack(buffer: ArrayBuffer): void {
    const { arena, model } = this.source;
    const views = viewBatch(model.spec, this.#rows, buffer);
    let row = 0;
    let textOffset = 0;
    for (const segment of this.#segments) {
      let slot = segment.firstSlot;
      for (let i = 0; i < segment.rows; i++) {
        textOffset = arena.pack(slot, views, row, textOffset);
        slot = arena.after(slot);
        row += 1;
      }
    }
  }

  /** Accepts the returned buffer with the results in it; it must not change until all are delivered. */
  receive(buffer: ArrayBuffer): void {
    this.#results = viewBatch(this.source.model.spec, this.#rows, buffer).outputs;
  }

  get isDelivered(): boolean {
    return this.#delivered === this.#segments.length;
  }

  /**
   * Delivers the next request's rows of the results. Returns the request once it has all of them, to be settled with
   * {@link outcomeOf}.
   */
  next(): Pending | undefined {
    const segment = this.#segments[this.#delivered];
    if (segment === undefined) return undefined;
    const { pending, rows } = segment;
    this.#delivered += 1;
    this.#deliveredRow = this.#deliveredRows;
    this.#deliveredRows += rows;
    if (pending.settled) return undefined;
    if (rows < pending.rows) this.#collect(segment);
    pending.doneRows += rows;
    return pending.doneRows < pending.rows ? undefined : pending;
  }

  /**
   * The outcome of a request that {@link next} returned: NOT_FINITE for the whole request when one of its rows has a
   * NaN or infinity. `now` is for the receipt; undefined: no receipt.
   */
  outcomeOf(pending: Pending, run: BatchRun, now: number | undefined): Outcome {
    const { spec } = this.source.model;
    const { rows, results, explanation, batched, acceptedAt } = pending;
    const output =
      results === undefined
        ? { arrays: this.#results, firstRow: this.#deliveredRow, rows }
        : { arrays: results, firstRow: 0, rows };
    const problem = finitenessProblem(spec.outputs, output, explanation !== undefined);
    if (problem !== undefined) return { ok: false, error: problem };
    const timing = now === undefined ? undefined : makeReceipt(acceptedAt, run, now);
    const outcome = { ok: true, model: spec, output, batched, timing } as const;
    return explanation?.finish(outcome) ?? outcome;
  }

  /**
   * The only origin whose answers are undelivered; undefined when there are several. Compares the first and the last,
   * since the origin with most rows comes last.
   */
  get onlyOrigin(): Origin | undefined {
    const first = this.#segments[this.#delivered]?.pending.origin;
    return first === this.#segments.at(-1)?.pending.origin ? first : undefined;
  }

  /** Two batches of half the rows each, to find the row on which the engine fails. Requires more than one row. */
  halves(): [Batch, Batch] {
    const first = new Batch(this.source, true);
    const second = new Batch(this.source, true);
    const { arena } = this.source;
    let left = this.#rows >> 1;
    for (const segment of this.#segments) {
      const rows = Math.min(left, segment.rows);
      if (rows > 0) first.#addPart(segment, 0, segment.firstSlot, rows);
      if (rows < segment.rows) {
        let slot = segment.firstSlot;
        for (let i = 0; i < rows; i++) slot = arena.after(slot);
        second.#addPart(segment, rows, slot, segment.rows - rows);
      }
      left -= rows;
    }
    return [first, second];
  }

  /** The requests with rows in it. */
  get requests(): readonly Pending[] {
    return this.#segments.map(({ pending }) => pending);
  }

  #addPart({ pending, firstRow }: Segment, skip: number, firstSlot: number, rows: number): void {
    const { arena } = this.source;
    let textBytes = 0;
    let slot = firstSlot;
    for (let i = 0; i < rows; i++) {
      textBytes += arena.textBytes(slot);
      slot = arena.after(slot);
    }
    this.add({ pending, firstRow: firstRow + skip, rows, firstSlot }, textBytes);
  }

  /** Keeps part of a split request's results until the rest arrives. */
  #collect({ pending, firstRow, rows }: Segment): void {
    const { outputs } = this.source.model.spec;
    pending.results ??= outputs.map((spec) => newTensorArray(spec.dtype, pending.rows * elementCount(spec.shape)));
    for (const [index, spec] of outputs.entries()) {
      const size = elementCount(spec.shape);
      const from = this.#deliveredRow * size;
      const part = this.#results[index]?.subarray(from, from + rows * size) ?? [];
      pending.results[index]?.set(part, firstRow * size);
    }
  }
}
