/** An engine in the calling thread with the same sessions, for tests and debugging: a run blocks everything else. */

import { firstLine } from '../../shared/words/message-of.js';
import type { BatchOutcome, EngineModel, PackedBatch } from '../contracts/engine.js';
import type { LoadOutcome, ModelLoader, ModelSource } from '../contracts/model-loader.js';
import type { Runtime } from '../contracts/runtime.js';
import type { BackendChoice } from './backend/names.js';
import { Runtimes } from './session/runtimes.js';
import { type HostStats, SessionHost } from './session/session-host.js';
import { tfjsRuntime } from './tfjs/tfjs-runtime.js';

export class InlineEngine implements ModelLoader {
  readonly slots = 1;
  readonly #host: SessionHost;
  readonly #runtimes: Runtimes<Runtime>;
  #lastHandle = 0;
  /** The end of the queue of operations: sessions handle one at a time. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(backend: BackendChoice = 'auto', runtimes: readonly Runtime[] = []) {
    const tfjs = tfjsRuntime({ backend, graphCapture: true });
    this.#runtimes = new Runtimes(tfjs, runtimes);
    this.#host = new SessionHost(tfjs, runtimes);
  }

  async load(source: ModelSource): Promise<LoadOutcome> {
    const reading = await this.#runtimes.read(source);
    if (!reading.ok) return reading;
    const handle = ++this.#lastHandle;
    const loading = await this.#inTurn(() => this.#host.load(handle, reading.source));
    if (!loading.ok) {
      this.#host.unload(handle);
      return loading;
    }
    const { inputs, outputs, runtime, engine, why, loadMs } = loading.model;
    return { ok: true, engineModel: { handle, inputs, outputs }, report: { runtime, engine, why, loadMs } };
  }

  unload(model: EngineModel): void {
    void this.#inTurn(async () => this.#host.unload(model.handle));
  }

  run(model: EngineModel, { rows, buffer }: PackedBatch): Promise<BatchOutcome> {
    return this.#inTurn(async () => {
      const startedAt = performance.now();
      try {
        await this.#host.run(model.handle, rows, buffer, model.sizes);
        return { status: 'done', buffer, inferUs: Math.round((performance.now() - startedAt) * 1000) };
      } catch (cause) {
        return { status: 'failed', reason: firstLine(cause) };
      }
    });
  }

  stats(): HostStats {
    return this.#host.stats();
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => this.#host.close());
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(act);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
