/**
 * Reads the files of a SavedModel once, for all threads, and lays them where TensorFlow loads them from: it takes a
 * folder, and a replacement thread must load what the first one did. Knows files; knows no graph.
 */

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readInside } from '../model-files.js';
import { SAVED_MODEL_FILE } from './signature.js';

/** One file: its path in the folder, and its content. */
export interface SavedFile {
  readonly path: string;
  readonly bytes: SharedArrayBuffer;
}

/** What TensorFlow reads besides {@link SAVED_MODEL_FILE}. */
const FOLDERS = ['variables', 'assets'] as const;
/** Of vocabularies and shards: no model has as many. */
const MOST_FILES = 1000;

/** Throws a refusal of {@link readInside}. */
export async function readSavedFiles(folder: string): Promise<readonly SavedFile[]> {
  const paths = [SAVED_MODEL_FILE];
  for (const name of FOLDERS) {
    const entries = await readdir(join(folder, name), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (!entry.isDirectory()) paths.push(`${name}/${entry.name}`);
  }
  if (paths.length > MOST_FILES) throw new Error(`it has ${paths.length} files, the most are ${MOST_FILES}`);
  const files: SavedFile[] = [];
  for (const path of paths) {
    const content = await readInside(folder, path);
    const bytes = new SharedArrayBuffer(content.byteLength);
    new Uint8Array(bytes).set(content);
    files.push({ path, bytes });
  }
  return files;
}

/** Calls `use` with a folder that holds the files while it runs; `original` where no other can be written. */
export async function withSavedFiles<T>(
  files: readonly SavedFile[],
  original: string,
  use: (folder: string) => Promise<T> | T,
): Promise<T> {
  let own: string | undefined;
  try {
    own = await mkdtemp(join(tmpdir(), 'tickcast-saved-model-'));
    for (const { path, bytes } of files) {
      await mkdir(dirname(join(own, path)), { recursive: true });
      await writeFile(join(own, path), new Uint8Array(bytes));
    }
    return await use(own);
  } catch (cause) {
    if (!isUnwritable(cause)) throw cause;
    return await use(original);
  } finally {
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  }
}

function isUnwritable(cause: unknown): boolean {
  return (
    cause instanceof Error && 'code' in cause && ['EROFS', 'EACCES', 'ENOSPC', 'ENOENT'].includes(String(cause.code))
  );
}
