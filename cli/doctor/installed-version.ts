/**
 * Finds the version of an installed package as another package sees it, by following a chain of dependents from a
 * folder.
 */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { withoutMark } from '../../shared/words/json-text.js';

/** `['socket.io', 'engine.io', 'ws']` is the ws of the engine.io of socket.io; undefined when the chain breaks. */
export function installedVersion(root: string, chain: readonly string[]): string | undefined {
  let manifest = join(root, 'package.json');
  for (const name of chain) {
    // Not require.resolve(): a package's exports may hide its package.json.
    const folders = createRequire(manifest).resolve.paths(name) ?? [];
    const found = folders.map((folder) => join(folder, name, 'package.json')).find((path) => existsSync(path));
    if (found === undefined) return undefined;
    manifest = found;
  }
  const parsed: unknown = JSON.parse(withoutMark(readFileSync(manifest, 'utf8')));
  if (typeof parsed !== 'object' || parsed === null || !('version' in parsed)) return undefined;
  return typeof parsed.version === 'string' ? parsed.version : undefined;
}

/** The folder of the nearest package.json at or above `folder`. */
export function packageRoot(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json'))) return current;
    if (current === dirname(current)) throw new Error(`no package.json at or above ${folder}`);
  }
}
