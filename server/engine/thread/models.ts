/**
 * The models that belong on one engine thread, and the state of each on the current one. Knows no messages and no time.
 */

import type { SessionSource } from '../../contracts/runtime.js';
import type { HostLoading } from '../session/session-host.js';

interface Model {
  source: SessionSource;
  state: 'absent' | 'posted' | 'answered';
  /** For a first load that is unanswered. */
  settle: ((loading: HostLoading) => void) | undefined;
}

export interface LoadToPost {
  readonly handle: number;
  readonly source: SessionSource;
}

export class ThreadModels {
  readonly #models = new Map<number, Model>();

  /** Adds a model to load; resolves with the answer to its first load. */
  add(handle: number, source: SessionSource): Promise<HostLoading> {
    return new Promise((settle) => {
      this.#models.set(handle, { source, state: 'absent', settle });
    });
  }

  /** Those that are loaded, or should be. */
  sources(): ReadonlyMap<number, SessionSource> {
    return new Map([...this.#models].map(([handle, { source }]) => [handle, source]));
  }

  remove(handle: number): void {
    const model = this.#models.get(handle);
    this.#models.delete(handle);
    model?.settle?.({ ok: false, problem: 'it was unloaded before it was loaded' });
  }

  /** Marks what the thread lacks as posted, and returns it. */
  takeAbsent(): readonly LoadToPost[] {
    const absent: LoadToPost[] = [];
    for (const [handle, model] of this.#models) {
      if (model.state !== 'absent') continue;
      model.state = 'posted';
      absent.push({ handle, source: model.source });
    }
    return absent;
  }

  /** True when every load has been answered. */
  get settled(): boolean {
    for (const { state } of this.#models.values()) if (state === 'posted' || state === 'absent') return false;
    return true;
  }

  /**
   * Records the thread's answer to a load. Returns the ref of a model that an earlier thread had and this one could not
   * load.
   */
  answer(handle: number, loading: HostLoading): string | undefined {
    const model = this.#models.get(handle);
    if (model === undefined) return undefined;
    const { settle, source } = model;
    model.state = 'answered';
    model.settle = undefined;
    // A replacement takes what was chosen once.
    if (loading.ok) model.source = { ...source, engine: loading.model.engine };
    if (settle === undefined) return loading.ok ? undefined : source.ref;
    if (!loading.ok) this.#models.delete(handle);
    settle(loading);
    return undefined;
  }

  /**
   * The thread is gone, and its successor has no models yet. First loads under way are refused, not repeated: one of
   * them may be the cause. Returns their number.
   */
  lose(reason: string): number {
    let refused = 0;
    for (const [handle, model] of [...this.#models]) {
      if (model.state === 'posted' && model.settle !== undefined) {
        this.#models.delete(handle);
        model.settle({ ok: false, problem: `the engine thread was lost while loading it: ${reason}` });
        refused += 1;
      }
      model.state = 'absent';
    }
    return refused;
  }

  end(reason: string): void {
    for (const { settle } of this.#models.values()) settle?.({ ok: false, problem: reason });
    this.#models.clear();
  }
}
