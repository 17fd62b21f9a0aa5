/**
 * One engine thread and its replacements: loads models, runs batches, settles every run. Knows messages and time; knows
 * no TensorFlow.
 */

import type { Clock, Timer } from '../../contracts/clock.js';
import type { BatchOutcome } from '../../contracts/engine.js';
import type { EngineEvent } from '../../contracts/engine-events.js';
import type { SessionSource } from '../../contracts/runtime.js';
import type { SpawnWorker, WorkerPort } from '../../threads/worker-port.js';
import type { HostLoading, HostStats } from '../session/session-host.js';
import type { FromWorker, ToWorker } from './messages.js';
import { ThreadModels } from './models.js';
import { type ThreadBatch, ThreadRuns } from './runs.js';

export interface EngineThreadOptions {
  /** Number of the thread in events. */
  readonly thread: number;
  readonly spawn: SpawnWorker<FromWorker, ToWorker>;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
  /** Time limit for a thread to start, or to load a model, in milliseconds. */
  readonly loadMs: number;
  /** Longest wait of a batch for a thread to run it, in milliseconds. */
  readonly waitMs: number;
}

export type Started = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/** `waiting`: no thread, because the last ones failed before `ready`. */
type Phase = 'new' | 'starting' | 'loading' | 'ready' | 'waiting' | 'closed';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/** Time limit for statistics, in milliseconds. */
const STATS_MS = 5000;
const CLOSED = 'the engine is closed';

export class EngineThread {
  readonly #options: EngineThreadOptions;
  readonly #runs: ThreadRuns;
  readonly #models = new ThreadModels();
  #phase: Phase = 'new';
  #port: WorkerPort<ToWorker> | undefined;
  /** Number of threads started: identifies messages of earlier ones. */
  #generation = 0;
  /** When the current thread was started, or given a model to load. */
  #since = 0;
  /** Consecutive threads lost before they were ready. */
  #failures = 0;
  /**
   * The timer of the phase: the limit of starting and loading, the pause before the next start, or the limit of
   * closing.
   */
  #timer: Timer | undefined;
  #started: ((started: Started) => void) | undefined;
  #statsAsked: ((stats: HostStats | undefined) => void)[] = [];
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;

  constructor(options: EngineThreadOptions) {
    this.#options = options;
    this.#runs = new ThreadRuns(options.clock, options.waitMs, (reason) => this.#lose(reason));
  }

  /** False while no thread that loads its models can be started. */
  get healthy(): boolean {
    return this.#failures === 0 && this.#phase !== 'closed';
  }

  /** Number of unsettled runs. */
  get outstanding(): number {
    return this.#runs.size;
  }

  start(): Promise<Started> {
    return new Promise((resolve) => {
      this.#started = resolve;
      this.#spawn();
    });
  }

  /**
   * Loads a model, now and into every replacement until {@link unload}. A thread that dies of it is replaced without
   * it.
   */
  load(handle: number, source: SessionSource): Promise<HostLoading> {
    if (this.#phase === 'closed' || this.#closing !== undefined) return Promise.resolve({ ok: false, problem: CLOSED });
    const loading = this.#models.add(handle, source);
    if (this.#phase === 'ready') this.#since = this.#options.clock.now();
    if (this.#phase === 'ready' || this.#phase === 'loading') this.#postLoads();
    return loading;
  }

  unload(handle: number): void {
    this.#models.remove(handle);
    this.#port?.post({ type: 'unload', handle });
    if (this.#phase === 'loading') this.#readyIfLoaded();
  }

  run(handle: number, batch: ThreadBatch): Promise<BatchOutcome> {
    if (this.#phase === 'closed') return Promise.resolve({ status: 'lost', reason: CLOSED });
    return this.#runs.add(handle, batch, this.#phase === 'ready' ? this.#port : undefined);
  }

  /** Models by handle, as a successor must load them. */
  sources(): ReadonlyMap<number, SessionSource> {
    return this.#models.sources();
  }

  /** Lets the runs that it was given finish, however long they may take by their own limits, then ends the thread. */
  async retire(deadlineMs: number): Promise<void> {
    await this.#runs.idle();
    await this.close(deadlineMs);
  }

  /** The thread's statistics; undefined when it is being replaced or does not answer. */
  stats(): Promise<HostStats | undefined> {
    const port = this.#port;
    if (port === undefined || this.#phase !== 'ready') return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(STATS_MS, () => resolve(undefined));
      this.#statsAsked.push((stats) => {
        timer.cancel();
        resolve(stats);
      });
      port.post({ type: 'stats' });
    });
  }

  /** Lets the thread finish its work, for at most `deadlineMs` milliseconds, then ends it. */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#closed = resolve;
      if (this.#port === undefined) return this.#end(CLOSED);
      this.#port.post({ type: 'close' });
      this.#setTimer(deadlineMs, () => this.#lose('it did not end in time'));
    });
    return this.#closing;
  }

  #spawn(): void {
    const { clock, emit, loadMs, spawn, thread } = this.#options;
    const generation = ++this.#generation;
    this.#phase = 'starting';
    this.#since = clock.now();
    this.#setTimer(loadMs, () => this.#lose('it did not start in time'));
    emit({ type: 'thread-started', thread });
    this.#port = spawn({
      message: (message) => {
        if (generation === this.#generation) this.#hear(message);
      },
      exit: (reason) => {
        if (generation === this.#generation) this.#lose(reason);
      },
    });
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'hello':
        this.#started?.({ ok: true });
        this.#started = undefined;
        return this.#postLoads();
      case 'unusable':
        return this.#lose(message.problem);
      case 'loaded':
        return this.#loaded(message.handle, { ok: true, model: message.model });
      case 'load-failed':
        return this.#loaded(message.handle, { ok: false, problem: message.problem });
      case 'done': {
        const { batchId, buffer, inferUs } = message;
        return this.#runs.settle(batchId, { status: 'done', buffer, inferUs });
      }
      case 'failed':
        return this.#runs.settle(message.batchId, { status: 'failed', reason: message.reason });
      case 'stats':
        return this.#statsAsked.shift()?.(message.stats);
    }
  }

  /** Posts the pending loads. Batches wait here until they are answered, so that a load does not count as a hang. */
  #postLoads(): void {
    this.#phase = 'loading';
    for (const { handle, source } of this.#models.takeAbsent()) {
      this.#port?.post({ type: 'load', handle, source });
      if (this.#closing !== undefined) continue;
      this.#setTimer(this.#options.loadMs, () => this.#lose('it did not load its models in time'));
    }
    this.#readyIfLoaded();
  }

  #loaded(handle: number, loading: HostLoading): void {
    const ref = this.#models.answer(handle, loading);
    if (ref !== undefined && !loading.ok) {
      // The thread fails that model's batches with the reason.
      this.#options.emit({ type: 'model-lost', thread: this.#options.thread, ref, problem: loading.problem });
    }
    if (this.#phase === 'loading') this.#readyIfLoaded();
  }

  #readyIfLoaded(): void {
    if (!this.#models.settled) return;
    if (this.#closing === undefined) this.#timer?.cancel();
    this.#phase = 'ready';
    this.#failures = 0;
    const { clock, emit, thread } = this.#options;
    if (this.#port !== undefined) this.#runs.postAll(this.#port);
    emit({ type: 'thread-ready', thread, ms: clock.now() - this.#since });
  }

  #setTimer(ms: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(ms, run);
  }

  /** The current thread is dead, or treated as such. Its successor does not wait for its exit. */
  #lose(reason: string): void {
    const { emit, thread } = this.#options;
    this.#generation += 1;
    this.#port?.terminate();
    this.#port = undefined;
    this.#timer?.cancel();
    // If a new model was being loaded, it is to blame, and has been removed.
    const blamed = this.#models.lose(reason) > 0;
    const early = this.#phase === 'starting' || (this.#phase === 'loading' && !blamed);
    this.#runs.losePosted(`the engine thread was lost: ${reason}`);
    this.#forgetStats();
    if (this.#closing !== undefined) return this.#end(CLOSED);
    if (this.#started !== undefined) {
      this.#started({ ok: false, problem: `the engine thread did not start: ${reason}` });
      this.#started = undefined;
      return this.#end('the engine did not start');
    }
    if (early) this.#failures += 1;
    const retryMs = early ? Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LAST_RETRY_MS) : 0;
    emit({ type: 'thread-lost', thread, reason, retryMs });
    if (retryMs === 0) return this.#spawn();
    this.#phase = 'waiting';
    this.#setTimer(retryMs, () => this.#spawn());
  }

  #forgetStats(): void {
    for (const resolve of this.#statsAsked.splice(0)) resolve(undefined);
  }

  #end(reason: string): void {
    this.#phase = 'closed';
    this.#timer?.cancel();
    this.#models.end(reason);
    this.#forgetStats();
    this.#runs.end(reason);
    this.#closed?.();
  }
}
