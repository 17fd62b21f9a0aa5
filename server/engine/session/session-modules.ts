/** Imports the modules that bring runtimes of their own, by file URL. They come through the programmatic API alone, never from a manifest. */

import { firstLine } from '../first-line.js';
import type { Runtime } from './session.js';

export type RuntimesImported =
  | { readonly ok: true; readonly runtimes: readonly Runtime[] }
  | { readonly ok: false; readonly problem: string };

export async function importRuntimes(urls: readonly string[]): Promise<RuntimesImported> {
  const runtimes: Runtime[] = [];
  for (const url of urls) {
    try {
      const module: unknown = await import(url);
      if (!isRuntime(module)) {
        return {
          ok: false,
          problem: `session module ${url} must export "runtime" (a string) and "openSession" (a function)`,
        };
      }
      runtimes.push(module);
    } catch (cause) {
      return { ok: false, problem: `session module ${url} cannot be imported: ${firstLine(cause)}` };
    }
  }
  return { ok: true, runtimes };
}

function isRuntime(module: unknown): module is Runtime {
  if (typeof module !== 'object' || module === null || !('runtime' in module) || !('openSession' in module))
    return false;
  return typeof module.runtime === 'string' && typeof module.openSession === 'function';
}
