/** The sessions of one thread by handle. Knows runtimes and the batch's layout; knows no messages or threads. */

import { specsAt, viewBatch } from '../../../shared/batch-layout.js';
import { firstLine } from '../../../shared/words/message-of.js';
import type {
  ModelSession,
  Runtime,
  RuntimeMemory,
  SessionDescription,
  SessionSource,
} from '../../contracts/runtime.js';
import { adjusted } from './adjusted-session.js';
import { isFeatured, openFeatured } from './featured-session.js';
import { Runtimes } from './runtimes.js';
import { parseOpening } from './session-opening.js';

export interface HostedModel extends SessionDescription {
  readonly runtime: string;
  readonly loadMs: number;
}

export type HostLoading =
  | { readonly ok: true; readonly model: HostedModel }
  | { readonly ok: false; readonly problem: string };

export interface HostStats extends RuntimeMemory {
  readonly models: number;
}

interface Hosted {
  readonly session: ModelSession;
  readonly specs: SessionDescription;
}

export class SessionHost {
  readonly #all: readonly Runtime[];
  readonly #runtimes: Runtimes<Runtime>;
  readonly #sessions = new Map<number, Hosted>();
  /** By handle, until unloaded: why a model that another thread had could not be loaded here. */
  readonly #problems = new Map<number, string>();

  /** @param standard the runtime of models that name none. */
  constructor(standard: Runtime, others: readonly Runtime[] = []) {
    this.#all = [standard, ...others];
    this.#runtimes = new Runtimes(standard, others);
  }

  /** Loads a model under a handle, which must be unloaded even if loading fails. Never rejects. */
  async load(handle: number, source: SessionSource): Promise<HostLoading> {
    const loading = await this.#open(handle, source);
    // Only models that were loaded once are asked to run.
    if (!loading.ok) this.#problems.set(handle, `${source.ref} could not be loaded again: ${loading.problem}`);
    return loading;
  }

  async #open(handle: number, source: SessionSource): Promise<HostLoading> {
    const startedAt = performance.now();
    const runtime = this.#runtimes.find(source.runtime);
    if (typeof runtime === 'string') return { ok: false, problem: runtime };
    try {
      const opened = isFeatured(source)
        ? await openFeatured(runtime, source)
        : parseOpening(await runtime.openSession(source));
      const opening = opened.ok ? adjusted(opened, source) : opened;
      if (!opening.ok) return opening;
      const { session, specs } = opening;
      this.#sessions.set(handle, { session, specs });
      const name = specs.runtime ?? source.runtime ?? runtime.names[0] ?? 'unknown';
      return { ok: true, model: { ...specs, runtime: name, loadMs: performance.now() - startedAt } };
    } catch (cause) {
      return { ok: false, problem: firstLine(cause) };
    }
  }

  unload(handle: number): void {
    this.#sessions.get(handle)?.session.dispose();
    this.#sessions.delete(handle);
    this.#problems.delete(handle);
  }

  /** Runs a batch in its buffer. Throws when the model does, or when no model has this handle. */
  run(handle: number, rows: number, buffer: ArrayBuffer, sizes?: readonly number[]): void | Promise<void> {
    const hosted = this.#sessions.get(handle);
    if (hosted === undefined)
      throw new Error(this.#problems.get(handle) ?? `no model is loaded under handle ${handle}`);
    const specs = sizes === undefined ? hosted.specs : specsAt(hosted.specs, sizes);
    return hosted.session.run(viewBatch(specs, rows, buffer), rows, sizes);
  }

  stats(): HostStats {
    let [numTensors, numBytes] = [0, 0];
    for (const runtime of this.#all) {
      const held = runtime.memory?.();
      numTensors += held?.numTensors ?? 0;
      numBytes += held?.numBytes ?? 0;
    }
    return { models: this.#sessions.size, numTensors, numBytes };
  }

  close(): void {
    for (const handle of [...this.#sessions.keys()]) this.unload(handle);
  }
}
