/** What lies directly in a folder, links followed. Knows files and names; knows no models. */

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { MANIFEST_FILE } from './manifest.js';
import { isModelFile } from './model-file.js';

/** One entry of a folder. */
export interface Entry {
  readonly name: string;
  /** `nowhere`: a link to nothing, or to itself. `outside`: a link that leads out of the root. */
  readonly kind: 'file' | 'folder' | 'nowhere' | 'outside' | 'unreadable';
  /** Absolute; without symbolic links for a folder. */
  readonly path: string;
  /** Names in it, for a folder. */
  readonly names: readonly string[];
}

/** The entries of a folder inside `root`, by name, except hidden ones. Rejects if the folder cannot be read. */
export async function entriesOf(root: string, folder: string): Promise<readonly Entry[]> {
  const found = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries: Entry[] = [];
  for (const one of found) entries.push(await entryOf(root, folder, one));
  return entries;
}

/** A folder holds a model if it has a model file, or a manifest whose runtime may not need one. */
export function holdsModel({ names }: Pick<Entry, 'names'>): boolean {
  return names.includes(MANIFEST_FILE) || names.some(isModelFile);
}

/** The real path, which must be inside the root: a link out of it could serve unrelated files. */
export async function inside(root: string, path: string): Promise<string> {
  const real = await realpath(path);
  if (leaves(root, real)) throw new Error(linkOut(root, path));
  return real;
}

export function linkOut(root: string, path: string): string {
  return `${path} is a link out of ${root}; put the model itself there`;
}

async function entryOf(root: string, folder: string, { name }: Dirent): Promise<Entry> {
  const path = join(folder, name);
  const none = { name, path, names: [] };
  let real: string;
  try {
    real = await realpath(path);
    const isFolder = (await stat(real)).isDirectory();
    if (leaves(root, real)) return { ...none, kind: isFolder ? 'outside' : 'file' };
    if (!isFolder) return { ...none, kind: 'file' };
  } catch {
    return { ...none, kind: 'nowhere' };
  }
  try {
    return { ...none, path: real, kind: 'folder', names: await readdir(real) };
  } catch {
    return { ...none, kind: 'unreadable' };
  }
}

function leaves(root: string, real: string): boolean {
  const inner = relative(root, real);
  return inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner);
}
