/**
 * The hub's engine: every model loaded into each of its threads, one batch per thread at a time. Knows threads; knows
 * no TensorFlow.
 */

import type { Clock } from '../contracts/clock.js';
import type { BatchOutcome, EngineModel, PackedBatch } from '../contracts/engine.js';
import type { EngineEvent } from '../contracts/engine-events.js';
import type { LoadOutcome, ModelLoader, ModelSource } from '../contracts/model-loader.js';
import type { Runtime } from '../contracts/runtime.js';
import { type SpawnWorker, spawnWorker } from '../threads/worker-port.js';
import type { BackendChoice } from './backend/names.js';
import { prepareNativeEnvironment } from './backend/native-shim.js';
import { Recycling } from './recycling.js';
import { importRuntimes, Runtimes } from './session/runtimes.js';
import type { HostStats } from './session/session-host.js';
import { tfjsFiles } from './tfjs/tfjs-files.js';
import { EngineThread, type Started } from './thread/engine-thread.js';
import type { FromWorker, ToWorker, WorkerSettings } from './thread/messages.js';

/** For a thread whose work is done to end, in milliseconds. */
const RETIRE_MS = 2_000;

/** Options of a {@link WorkerEngine}. */
export interface WorkerEngineOptions {
  readonly clock: Clock;
  /** The TensorFlow.js backend. @default 'auto': see tfjs/backend-choice.ts */
  readonly backend?: BackendChoice;
  /** On the native backend: run models as captured graphs. @default true */
  readonly graphCapture?: boolean;
  /** The folder where these graphs are kept for the next start. @default nowhere */
  readonly graphCache?: string | undefined;
  /** Number of threads, each with every model in it. @default 1 */
  readonly threads?: number;
  /** URLs of modules with runtimes other than TensorFlow.js, each exporting a `RuntimeModule`. @default none */
  readonly runtimeModules?: readonly string[];
  /** Receives events of the threads. @default none */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Time limit for a thread to start, or to load a model, in milliseconds. @default 60000 */
  readonly loadMs?: number;
  /** Longest wait of a batch for a thread that is being replaced, in milliseconds. @default 10000 */
  readonly waitMs?: number;
  /** Memory of the process, but for this thread's heap, above which the threads are replaced. @default 0: never */
  readonly maxEngineBytes?: number;
  /** Measures it. @default process.memoryUsage() */
  readonly bytes?: () => number;
  /** Starts a thread. @default worker threads */
  readonly spawn?: SpawnWorker<FromWorker, ToWorker>;
}

/** Runs batches in worker threads, which it replaces when they die or hang. */
export class WorkerEngine implements ModelLoader {
  readonly #threads: EngineThread[];
  readonly #newThread: (thread: number) => EngineThread;
  readonly #recycling: Recycling | undefined;
  /** A thread that is being made ready to take another's place, and the end of that. */
  #successor: EngineThread | undefined;
  #succession: Promise<boolean> = Promise.resolve(true);
  readonly #runtimeModules: readonly string[];
  #lastHandle = 0;
  #restarts = 0;
  #runtimes = new Runtimes<Pick<Runtime, 'names' | 'readFiles'>>(tfjsFiles);
  #started: Promise<Started> | undefined;

  constructor(options: WorkerEngineOptions) {
    const {
      clock,
      backend = 'auto',
      graphCapture = true,
      graphCache,
      threads = 1,
      runtimeModules = [],
      onEvent,
      loadMs = 60_000,
      waitMs = 10_000,
      maxEngineBytes = 0,
      bytes = engineBytes,
    } = options;
    // In this thread, before the first worker: a worker cannot set them itself. Whatever the backend: a SavedModel, or a
    // manifest, may ask for the native one.
    prepareNativeEnvironment();
    this.#runtimeModules = runtimeModules;
    const spawn = options.spawn ?? spawnThread({ backend, graphCapture, graphCache, runtimeModules });
    const emit = (event: EngineEvent): void => {
      if (event.type === 'thread-lost') this.#restarts += 1;
      onEvent?.(event);
    };
    this.#newThread = (thread) => new EngineThread({ thread, spawn, clock, emit, loadMs, waitMs });
    this.#threads = Array.from({ length: threads }, (_, thread) => this.#newThread(thread));
    if (maxEngineBytes > 0)
      this.#recycling = new Recycling({
        clock,
        maxBytes: maxEngineBytes,
        bytes,
        threads,
        recycle: (thread) => this.#recycle(thread),
        done: (round) => emit({ type: 'threads-recycled', ...round }),
      });
  }

  get slots(): number {
    return this.#threads.length;
  }

  /** False while a thread is missing and cannot be replaced; the others continue. */
  get healthy(): boolean {
    return this.#threads.every((thread) => thread.healthy);
  }

  /** Threads that died or hung since the start, each replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Starts the threads; `load` does so implicitly. On failure the engine is closed. */
  start(): Promise<Started> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /** Reads the model's files once and loads them into every thread. */
  async load(source: ModelSource): Promise<LoadOutcome> {
    const started = await this.start();
    if (!started.ok) return started;
    const reading = await this.#runtimes.read(source);
    if (!reading.ok) return reading;
    // A successor has what its predecessor had when it began.
    await this.#succession;
    const handle = ++this.#lastHandle;
    const [leader, ...others] = this.#threads;
    const first = await leader?.load(handle, reading.source);
    if (first?.ok) {
      const { inputs, outputs, runtime, engine, why, loadMs } = first.model;
      // The first chooses: all threads must answer alike.
      const source = { ...reading.source, engine };
      const loadings = await Promise.all(others.map((thread) => thread.load(handle, source)));
      const problem = loadings.find((loading) => !loading.ok);
      if (problem === undefined)
        return { ok: true, engineModel: { handle, inputs, outputs }, report: { runtime, engine, why, loadMs } };
      this.unload({ handle });
      return problem;
    }
    this.unload({ handle });
    return first ?? { ok: false, problem: 'the engine has no thread' };
  }

  unload(model: Pick<EngineModel, 'handle'>): void {
    for (const thread of this.#threads) thread.unload(model.handle);
    this.#successor?.unload(model.handle);
  }

  run(model: EngineModel, batch: PackedBatch): Promise<BatchOutcome> {
    let [least] = this.#threads;
    for (const thread of this.#threads)
      if (least === undefined || thread.outstanding < least.outstanding) least = thread;
    const run = model.sizes === undefined ? batch : { ...batch, sizes: model.sizes };
    return least?.run(model.handle, run) ?? Promise.resolve({ status: 'lost', reason: 'the engine has no thread' });
  }

  /** Statistics of each thread; undefined for one that is being replaced. */
  stats(): Promise<readonly (HostStats | undefined)[]> {
    return Promise.all(this.#threads.map((thread) => thread.stats()));
  }

  /** Ends the threads, letting them finish their work within `deadlineMs` milliseconds. May be called again. */
  async close(deadlineMs = 2000): Promise<void> {
    this.#recycling?.close();
    const threads = this.#successor === undefined ? this.#threads : [...this.#threads, this.#successor];
    await Promise.all(threads.map((thread) => thread.close(deadlineMs)));
  }

  #recycle(thread: number): Promise<boolean> {
    this.#succession = this.#succeed(thread);
    return this.#succession;
  }

  /** Both threads are there until the new one has every model, and the old one has answered what it was given. */
  async #succeed(index: number): Promise<boolean> {
    const old = this.#threads[index];
    if (old === undefined || !old.healthy) return false;
    const successor = this.#newThread(index);
    this.#successor = successor;
    const started = await successor.start();
    const loadings = started.ok
      ? await Promise.all([...old.sources()].map(([handle, source]) => successor.load(handle, source)))
      : [];
    this.#successor = undefined;
    if (!started.ok || loadings.some(({ ok }) => !ok)) {
      await successor.close(RETIRE_MS);
      return false;
    }
    this.#threads[index] = successor;
    await old.retire(RETIRE_MS);
    return true;
  }

  async #start(): Promise<Started> {
    const problem = this.#runtimeModules.length > 0 ? await this.#importRuntimes() : undefined;
    const started: readonly Started[] =
      problem === undefined
        ? await Promise.all(this.#threads.map((thread) => thread.start()))
        : [{ ok: false, problem }];
    const failed = started.find((one) => !one.ok);
    if (failed === undefined) return { ok: true };
    await this.close(0);
    return failed;
  }

  /** Imported here to read model files; each thread imports them too. Returns what is wrong with one, or undefined. */
  async #importRuntimes(): Promise<string | undefined> {
    const imported = await importRuntimes(this.#runtimeModules);
    if (!imported.ok) return imported.problem;
    this.#runtimes = new Runtimes<Pick<Runtime, 'names' | 'readFiles'>>(tfjsFiles, imported.runtimes);
    return undefined;
  }
}

/** The engines' libraries and threads: what is resident, but for the heap and buffers of this thread. */
function engineBytes(): number {
  const { rss, heapTotal, arrayBuffers } = process.memoryUsage();
  return rss - heapTotal - arrayBuffers;
}

/** Threads that run worker.js, which stands built in thread/. */
function spawnThread(settings: WorkerSettings): SpawnWorker<FromWorker, ToWorker> {
  return spawnWorker(new URL('./thread/worker.js', import.meta.url), 'tickcast-engine', settings);
}
