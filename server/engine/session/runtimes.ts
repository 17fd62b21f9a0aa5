/** The runtimes of a thread by name, and the modules that provide further ones, by file URL. */

import { firstLine } from '../../../shared/words/message-of.js';
import type { ModelSource } from '../../contracts/model-loader.js';
import type { Runtime, RuntimeModule, SessionSource } from '../../contracts/runtime.js';

export type RuntimesImported =
  | { readonly ok: true; readonly runtimes: readonly Runtime[] }
  | { readonly ok: false; readonly problem: string };

export type SourceReading =
  | { readonly ok: true; readonly source: SessionSource }
  | { readonly ok: false; readonly problem: string };

export class Runtimes<Known extends Pick<Runtime, 'names' | 'readFiles'>> {
  readonly #standard: Known;
  readonly #byName = new Map<string, Known>();

  /** @param standard the runtime of models that name none. */
  constructor(standard: Known, others: readonly Known[] = []) {
    this.#standard = standard;
    for (const runtime of [standard, ...others]) for (const name of runtime.names) this.#byName.set(name, runtime);
  }

  /** The runtime of this name, or why there is none. */
  find(name: string | undefined): Known | string {
    const found = name === undefined ? this.#standard : this.#byName.get(name);
    if (found !== undefined) return found;
    return `runtime "${name}" is not known here; known are ${[...this.#byName.keys()].join(', ')}`;
  }

  /** Completes a model's source with the files its runtime reads. */
  async read(source: ModelSource): Promise<SourceReading> {
    const runtime = this.find(source.runtime);
    if (typeof runtime === 'string') return { ok: false, problem: runtime };
    if (runtime.readFiles === undefined) return { ok: true, source: { ...source, files: undefined } };
    try {
      const reading = await runtime.readFiles(source);
      return reading.ok ? { ok: true, source: { ...source, files: reading.files } } : reading;
    } catch (cause) {
      return { ok: false, problem: firstLine(cause) };
    }
  }
}

export async function importRuntimes(urls: readonly string[]): Promise<RuntimesImported> {
  const runtimes: Runtime[] = [];
  for (const url of urls) {
    try {
      const module: unknown = await import(url);
      if (!isRuntimeModule(module)) {
        const problem = `module ${url} must export "runtime": { names: string[], openSession: function }`;
        return { ok: false, problem };
      }
      runtimes.push(module.runtime);
    } catch (cause) {
      return { ok: false, problem: `module ${url} cannot be imported: ${firstLine(cause)}` };
    }
  }
  return { ok: true, runtimes };
}

function isRuntimeModule(module: unknown): module is RuntimeModule {
  if (typeof module !== 'object' || module === null || !('runtime' in module)) return false;
  const { runtime } = module;
  if (typeof runtime !== 'object' || runtime === null || !('names' in runtime) || !('openSession' in runtime))
    return false;
  const { names, openSession } = runtime;
  return Array.isArray(names) && names.every((name) => typeof name === 'string') && typeof openSession === 'function';
}
