/** The runtimes of a thread by name, and the modules that provide further ones, by file URL. */

import { ADAPTER_NAME, ADAPTER_NAME_FORM } from '../../../shared/limits.js';
import { isObject } from '../../../shared/parse.js';
import { firstLine } from '../../../shared/words/message-of.js';
import { isNot, shown } from '../../../shared/words/shown.js';
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
      const reading: unknown = await runtime.readFiles(source);
      if (!isReading(reading)) {
        const right = '{ ok: true, files } or { ok: false, problem }';
        return { ok: false, problem: `readFiles answered ${shown(reading)}, expected ${right}` };
      }
      if (!reading.ok) return { ok: false, problem: firstLine(reading.problem) };
      return { ok: true, source: { ...source, files: reading.files } };
    } catch (cause) {
      return { ok: false, problem: firstLine(cause) };
    }
  }
}

/** Imports modules by their file URLs. Resolves with a one-line problem of the first that is no runtime's. */
export async function importRuntimes(urls: readonly string[]): Promise<RuntimesImported> {
  const runtimes: Runtime[] = [];
  for (const url of urls) {
    if (!isUrl(url)) {
      const right = "give a file URL, such as new URL('./x.js', import.meta.url).href";
      return { ok: false, problem: `module ${url} is no URL; ${right}` };
    }
    try {
      const module: unknown = await import(url);
      const problem = moduleProblem(module);
      if (problem !== undefined) return { ok: false, problem: `module ${url} ${problem}` };
      runtimes.push((module as RuntimeModule).runtime);
    } catch (cause) {
      return { ok: false, problem: `module ${url} cannot be imported: ${firstLine(cause)}` };
    }
  }
  return { ok: true, runtimes };
}

/** Of a scheme with more than one letter: `C:` is a drive. */
function isUrl(url: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(url);
}

function moduleProblem(module: unknown): string | undefined {
  const runtime = isObject(module) ? module.runtime : undefined;
  if (!isObject(runtime) || !Array.isArray(runtime.names) || typeof runtime.openSession !== 'function')
    return 'must export "runtime": { names: string[], openSession: function }';
  for (const name of ['readFiles', 'memory']) {
    if (runtime[name] !== undefined && typeof runtime[name] !== 'function')
      return `has a runtime whose ${name} ${isNot(runtime[name], 'a function or nothing')}`;
  }
  const wrong: unknown = runtime.names.find((name) => typeof name !== 'string' || !ADAPTER_NAME.test(name));
  if (wrong === undefined && runtime.names.length > 0) return undefined;
  return `has a runtime named ${shown(wrong)}, expected ${ADAPTER_NAME_FORM}`;
}

function isReading(
  reading: unknown,
): reading is { readonly ok: boolean; readonly files?: unknown; readonly problem?: unknown } {
  return isObject(reading) && typeof reading.ok === 'boolean';
}
