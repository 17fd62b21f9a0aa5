/** The sessions of one thread by their handles. Knows runtimes and the batch's layout; knows no message and no thread. */

import { viewBatch } from '../../../shared/batch-layout.js';
import type { BackendChoice } from '../backend/backend.js';
import { Backends } from '../backend/backends.js';
import { firstLine } from '../first-line.js';
import { openTfjsSession } from '../tfjs/tfjs-session.js';
import type { ModelSession, Runtime, SessionDescription, SessionSource } from './session.js';

export interface HostedModel extends SessionDescription {
  readonly runtime: string;
  readonly loadMs: number;
}

export type HostLoading =
  | { readonly ok: true; readonly model: HostedModel }
  | { readonly ok: false; readonly problem: string };

export interface HostStats {
  readonly models: number;
  readonly numTensors: number;
  readonly numBytes: number;
}

interface Hosted {
  readonly session: ModelSession;
  readonly specs: SessionDescription;
}

export class SessionHost {
  readonly #runtimes = new Map<string, Runtime['openSession']>();
  readonly #sessions = new Map<number, Hosted>();
  /** Why a model that another thread had could not be loaded here, by its handle, until it is unloaded. */
  readonly #problems = new Map<number, string>();
  readonly #backends: Backends;

  constructor(choice: BackendChoice, runtimes: readonly Runtime[] = [], backends = new Backends()) {
    this.#backends = backends;
    for (const runtime of ['tfjs-layers', 'tfjs-graph']) {
      this.#runtimes.set(runtime, (source) => openTfjsSession(source, backends, choice));
    }
    for (const { runtime, openSession } of runtimes) this.#runtimes.set(runtime, openSession);
  }

  /** Loads a model under a handle, which is to be unloaded also where that fails. Never rejects. */
  async load(handle: number, source: SessionSource): Promise<HostLoading> {
    const loading = await this.#open(handle, source);
    // Only what was loaded once is asked to run.
    if (!loading.ok) this.#problems.set(handle, `${source.ref} could not be loaded again: ${loading.problem}`);
    return loading;
  }

  async #open(handle: number, source: SessionSource): Promise<HostLoading> {
    const startedAt = performance.now();
    const runtime = source.runtime ?? source.files?.runtime ?? 'unknown';
    const openSession = this.#runtimes.get(runtime);
    if (openSession === undefined) {
      return {
        ok: false,
        problem: `runtime "${runtime}" is not known here; known are ${[...this.#runtimes.keys()].join(', ')}`,
      };
    }
    if (source.runtime !== undefined && source.files !== undefined && source.runtime !== source.files.runtime) {
      return {
        ok: false,
        problem: `manifest.json says runtime "${source.runtime}", but ${source.file} is of ${source.files.runtime}`,
      };
    }
    try {
      const opening = await openSession(source);
      if (!opening.ok) return opening;
      const specs = opening.session.describe();
      this.#sessions.set(handle, { session: opening.session, specs });
      return { ok: true, model: { ...specs, runtime, loadMs: performance.now() - startedAt } };
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
  run(handle: number, rows: number, buffer: ArrayBuffer): void | Promise<void> {
    const hosted = this.#sessions.get(handle);
    if (hosted === undefined)
      throw new Error(this.#problems.get(handle) ?? `no model is loaded under handle ${handle}`);
    return hosted.session.run(viewBatch(hosted.specs, rows, buffer), rows);
  }

  stats(): HostStats {
    return { models: this.#sessions.size, ...this.#backends.memory() };
  }

  close(): void {
    for (const handle of [...this.#sessions.keys()]) this.unload(handle);
  }
}
