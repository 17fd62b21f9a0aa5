/**
 * The tick. Hands batches to the engine's slots: an idle engine starts at the end of the current event-loop turn; for a
 * busy one, completion is the next tick. A batch on which the engine failed returns to the head in halves, down to the
 * faulty row.
 */

import { wireError } from '../../shared/errors.js';
import type { Clock } from '../contracts/clock.js';
import type { BatchOutcome, Engine } from '../contracts/engine.js';
import type { ModelSpec, ReadyModel } from '../contracts/model.js';
import type { Batch } from './batches/batch.js';
import { BufferPool } from './batches/buffer-pool.js';
import { ModelQueue, type QueueOptions } from './batches/model-queue.js';
import type { BatchRun } from './receipts.js';
import type { Ledger } from './requests/ledger.js';
import type { Origin, Pending } from './requests/request.js';
import type { Taps } from './taps.js';

export interface SchedulerOptions extends QueueOptions {
  /**
   * A batch counts as hung after this time, or ten times its expected time if longer, in milliseconds. @default 2000
   */
  readonly watchdogMs: number;
  /** Whether predictions carry a receipt. @default true */
  readonly receipts: boolean;
}

/** A part of a failed batch gets this share of the watchdog's time: the search for a hanging row must be short. */
const SUSPECT_SHARE = 1 / 8;
const HANG_FACTOR = 10;
/**
 * Answers written per event-loop turn. Long turns starve new connections, because Node accepts one per turn; the rest
 * of a large batch is delivered in the following turns.
 */
const ANSWERS_A_TURN = 32;

/** Queues from which on idle ones of open sizes are dropped. */
const MOST_QUEUES = 16;

interface Running {
  readonly batch: Batch;
  readonly postedAt: number;
  readonly expectedMs: number;
}

export class Scheduler {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #taps: Taps;
  readonly #options: SchedulerOptions;
  readonly #buffers: BufferPool;
  /** One per model version that has been requested, in turn order. */
  readonly #queues = new Map<ReadyModel, ModelQueue>();
  #suspects: Batch[] = [];
  readonly #running = new Set<Running>();
  #ticking = false;
  /** Batches whose answers are being delivered. */
  readonly #delivering = new Set<Batch>();

  constructor(engine: Engine, clock: Clock, ledger: Ledger, taps: Taps, options: SchedulerOptions) {
    this.#engine = engine;
    this.#clock = clock;
    this.#ledger = ledger;
    this.#taps = taps;
    this.#options = options;
    this.#buffers = new BufferPool(engine.slots + 1);
  }

  /** The queue of a model version, created on first use. */
  queueOf(model: ReadyModel): ModelQueue {
    let queue = this.#queues.get(model);
    if (queue === undefined) {
      if (this.#queues.size >= MOST_QUEUES) this.#dropIdle();
      const { base } = model.spec;
      const siblings = base && (() => this.#queuesOf(base));
      queue = new ModelQueue(model, this.#options, this.#engine.slots, this.#clock, siblings);
      this.#queues.set(model, queue);
    }
    return queue;
  }

  *#queuesOf(base: ModelSpec): Iterable<ModelQueue> {
    for (const [{ spec }, queue] of this.#queues) if (spec.base === base) yield queue;
  }

  /** Of sizes that nobody sends at present: requests of any size may come. */
  #dropIdle(): void {
    for (const [model, { rows, arena }] of this.#queues)
      if (model.spec.base !== undefined && rows === 0 && arena.used === 0) this.#queues.delete(model);
  }

  /** Waiting rows in all queues. */
  get queuedRows(): number {
    let rows = 0;
    for (const queue of this.#queues.values()) rows += queue.rows;
    return rows;
  }

  /** Waiting rows by model. */
  queues(): ReadonlyMap<ModelSpec, number> {
    const waiting = new Map<ModelSpec, number>();
    for (const [{ spec }, { rows }] of this.#queues) {
      const counted = spec.base ?? spec;
      waiting.set(counted, (waiting.get(counted) ?? 0) + rows);
    }
    return waiting;
  }

  /** The queue with the most waiting rows. */
  longestQueue(): ModelQueue | undefined {
    let longest: ModelQueue | undefined;
    for (const queue of this.#queues.values()) if (longest === undefined || queue.rows > longest.rows) longest = queue;
    return longest;
  }

  /** Expected time until a row arriving now behind all others would be answered, in milliseconds. */
  expectedWaitMs(): number {
    let ms = 0;
    for (const queue of this.#queues.values()) ms += queue.backlogMs();
    return this.runningMs() + ms / this.#engine.slots;
  }

  /** Expected time until `rows` more of this origin would be taken, by its turn and its model's, in milliseconds. */
  expectedWaitMsOf(queue: ModelQueue, origin: Origin, rows: number): number {
    const ownMs = queue.backlogMsOf(origin, rows);
    const batches = 1 + Math.ceil(ownMs / this.#options.maxBatchMs);
    let ms = ownMs;
    for (const other of this.#queues.values()) {
      if (other === queue || other.rows === 0) continue;
      ms += Math.min(other.backlogMs(), batches * Math.max(this.#options.maxBatchMs, other.stepMs()));
    }
    return this.runningMs() + ms / this.#engine.slots;
  }

  /** Expected time until the running batches are done, in milliseconds; the mean over the slots. */
  runningMs(): number {
    const now = this.#clock.now();
    let ms = 0;
    for (const { postedAt, expectedMs } of this.#running) ms += Math.max(0, expectedMs - (now - postedAt));
    return ms / this.#engine.slots;
  }

  /** Queues a request, before another of the same origin if given. Nothing runs before this turn ends. */
  add(queue: ModelQueue, pending: Pending, before?: Pending): void {
    queue.add(pending, before);
    this.#tick(this.#options.tickMs);
  }

  /** Dispatches at the end of this turn, or after `holdMs`; a busy engine dispatches on completion instead. */
  #tick(holdMs: number): void {
    if (this.#ticking || this.#running.size >= this.#engine.slots) return;
    if (this.#isHeldUp() && !this.#isWorthABatch()) return;
    this.#ticking = true;
    const run = (): void => {
      this.#ticking = false;
      this.#dispatch();
    };
    if (holdMs > 0) this.#clock.setTimer(holdMs, run);
    else this.#clock.immediate(run);
  }

  #dispatch(): void {
    while (this.#running.size < this.#engine.slots) {
      const batch = this.#next();
      if (batch === undefined) return;
      this.#run(batch);
    }
  }

  #next(): Batch | undefined {
    for (let suspect = this.#suspects.shift(); suspect !== undefined; suspect = this.#suspects.shift()) {
      suspect.sweep();
      if (suspect.rows > 0) return suspect;
    }
    for (const [model, queue] of this.#queues) {
      const batch = queue.take((pending) => this.#ledger.expire(pending));
      if (batch === undefined) continue;
      this.#queues.delete(model);
      this.#queues.set(model, queue);
      return batch;
    }
    return undefined;
  }

  #run(batch: Batch): void {
    const { model, cost } = batch.source;
    const buffer = this.#buffers.take(batch.bytes);
    batch.pack(buffer);
    const postedAt = this.#clock.now();
    const expectedMs = cost.batchMs(batch.rows, batch.textBytes);
    const patienceMs = this.#options.watchdogMs * (batch.suspect && batch.rows > 1 ? SUSPECT_SHARE : 1);
    const running = { batch, postedAt, expectedMs };
    this.#running.add(running);
    const { rows } = batch;
    this.#engine
      .run(model.engineModel, { rows, buffer, hangMs: Math.max(patienceMs, HANG_FACTOR * expectedMs) })
      .then((outcome) => this.#complete(running, outcome))
      .catch((cause: unknown) => this.#taps.fault('scheduler', cause));
  }

  #complete(running: Running, outcome: BatchOutcome): void {
    this.#running.delete(running);
    const { batch, postedAt } = running;
    const { source, rows } = batch;
    const tookMs = this.#clock.now() - postedAt;
    const done = outcome.status === 'done';
    if (done) source.cost.learn(rows, batch.textBytes, tookMs);
    else this.#fail(batch, outcome.reason);
    if (this.#isWorthABatch()) this.#dispatch();

    const { stats } = this.#ledger;
    stats.batches += 1;
    stats.rows += rows;
    const queueMs = Math.max(0, postedAt - batch.oldestAt);
    const inferUs = done ? outcome.inferUs : 0;
    const reason = done ? undefined : outcome.reason;
    const ended = { model: source.model.spec, rows, queueMs, tookMs, inferUs, status: outcome.status, reason };
    if (!done) {
      this.#taps.batchFailed(ended);
      return this.#tickIfWaiting();
    }
    this.#taps.batch(ended);
    this.#delivering.add(batch);
    batch.receive(outcome.buffer);
    this.#deliver(batch, outcome.buffer, { postedAt, inferUs, rows, engine: source.model.engine });
  }

  #deliver(batch: Batch, buffer: ArrayBuffer, run: BatchRun): void {
    // Answers of one turn share one timestamp.
    const now = this.#options.receipts ? this.#clock.now() : undefined;
    for (let i = 0; i < ANSWERS_A_TURN && !batch.isDelivered; i++) {
      const pending = batch.next();
      if (pending !== undefined) this.#ledger.settle(pending, batch.outcomeOf(pending, run, now));
    }
    if (!batch.isDelivered) {
      this.#clock.immediate(() => this.#deliver(batch, buffer, run));
    } else {
      this.#buffers.give(buffer);
      this.#delivering.delete(batch);
    }
    this.#tickIfWaiting();
  }

  /**
   * True while answers are delivered to callers about to send again: a batch of the first few is not worth it. Many
   * answers to one caller do not hold up the others.
   */
  #isHeldUp(): boolean {
    for (const batch of this.#delivering) {
      const only = batch.onlyOrigin;
      if (only === undefined || !this.#anotherWaits(only)) return true;
    }
    return false;
  }

  #anotherWaits(than: Origin): boolean {
    for (const queue of this.#queues.values()) if (queue.holdsAnother(than)) return true;
    return false;
  }

  #tickIfWaiting(): void {
    if (this.#suspects.length > 0 || this.queuedRows > 0) this.#tick(0);
  }

  /** True when the waiting rows should run now rather than with what this turn may still bring. */
  #isWorthABatch(): boolean {
    if (this.#suspects.length > 0) return true;
    for (const queue of this.#queues.values()) if (queue.rows > 0 && queue.cost.followsAtOnce(queue.rows)) return true;
    return false;
  }

  #fail(batch: Batch, reason: string): void {
    batch.sweep();
    if (batch.rows > 1) {
      this.#suspects.unshift(...batch.halves());
      return;
    }
    const { spec } = batch.source.model;
    for (const pending of batch.requests) {
      this.#taps.poison(spec, reason);
      const message = `${spec.ref} failed on this input, alone as well as in a batch; retry once, then change the input. The hub's log has the reason`;
      this.#ledger.settle(pending, { ok: false, error: wireError('ENGINE_FAILED', message) });
    }
  }
}
