/**
 * Adapters' packages as installed: beside the hub, or in the folder of the program. The two differ when the hub is
 * linked (`npm link`, `file:`, pnpm). Knows no adapter.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withoutMark } from '../../../shared/words/json-text.js';

/** Finds packages; replaceable in tests. */
export interface PackageFinder {
  /** The URL of a package's module; undefined when it is not installed. */
  find(name: string): string | undefined;
  load(url: string): Promise<unknown>;
}

/** Conditions of `exports` under which `import` finds a module, in any order: the package's own order counts. */
const CONDITIONS = new Set(['node', 'import', 'module-sync', 'default']);

/** @param programFolder where the program's own packages are looked for, after the hub's. */
export function installedPackages(programFolder: string = process.cwd()): PackageFinder {
  return {
    find: (name) => besideHub(name) ?? fromFolder(name, programFolder),
    load: (url) => import(url),
  };
}

function besideHub(name: string): string | undefined {
  try {
    return import.meta.resolve(name);
  } catch {
    return undefined;
  }
}

/** `require.resolve` alone would not find a package that has only an `import` condition. */
function fromFolder(name: string, folder: string): string | undefined {
  const require = createRequire(join(folder, 'package.json'));
  for (const modules of require.resolve.paths(name) ?? []) {
    const found = join(modules, name);
    const entry = importEntry(found);
    if (entry !== undefined) return pathToFileURL(join(found, entry)).href;
  }
  try {
    return pathToFileURL(require.resolve(name)).href;
  } catch {
    return undefined;
  }
}

/** The path that `exports` of a package gives for `import`; undefined when it has none, or the package is not there. */
function importEntry(folder: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(withoutMark(readFileSync(join(folder, 'package.json'), 'utf8')));
    return targetOf(property(manifest, 'exports'));
  } catch {
    return undefined;
  }
}

function targetOf(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  if (typeof exported !== 'object' || exported === null) return undefined;
  if ('.' in exported) return targetOf(exported['.']);
  for (const [condition, target] of Object.entries(exported)) {
    const path = CONDITIONS.has(condition) ? targetOf(target) : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}

function property(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined;
}
