/**
 * Captured graphs on disk, by the content that they were made of: a folder for each, with a SavedModel and the names of
 * its outputs. Whatever fails here costs a capture and no more. Knows files; knows no graph.
 */

import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CachedGraph {
  /** Of the SavedModel. */
  readonly folder: string;
  readonly outputs: readonly string[];
}

/** Changed whenever the same model gives another graph. */
const FORMAT = 1;
/** The oldest are removed beyond so many. */
const MOST_GRAPHS = 32;
const OUTPUTS_FILE = 'outputs.json';

/** The key of what a graph is made of: texts and bytes, in order. */
export function graphKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256').update(`graph ${FORMAT}`);
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`\0${bytes.byteLength}\0`).update(bytes);
  }
  return hash.digest('hex');
}

export class GraphCache {
  readonly #folder: string;

  /** @param folder made on first use */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async find(key: string): Promise<CachedGraph | undefined> {
    const folder = join(this.#folder, key);
    try {
      const outputs: unknown = JSON.parse(await readFile(join(folder, OUTPUTS_FILE), 'utf8'));
      if (!Array.isArray(outputs) || !outputs.every((name) => typeof name === 'string')) return undefined;
      return { folder, outputs };
    } catch {
      return undefined;
    }
  }

  /** Copies a SavedModel. Complete or not at all: another hub may look at the same time. */
  async keep(key: string, { folder, outputs }: CachedGraph): Promise<void> {
    let part: string | undefined;
    try {
      await mkdir(this.#folder, { recursive: true });
      part = await mkdtemp(join(this.#folder, '.part-'));
      await cp(folder, part, { recursive: true });
      await writeFile(join(part, OUTPUTS_FILE), JSON.stringify(outputs));
      await this.forget(key);
      await rename(part, join(this.#folder, key));
      await this.#prune();
    } catch {
      if (part !== undefined) await rm(part, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** For a graph that no longer answers as its model does. */
  async forget(key: string): Promise<void> {
    await rm(join(this.#folder, key), { recursive: true, force: true }).catch(() => undefined);
  }

  async #prune(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const dated = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    dated.sort((a, b) => b.at - a.at);
    for (const { name } of dated.slice(MOST_GRAPHS)) await this.forget(name);
  }
}
