/** A downloaded file in the cache folder: its checksum decides whether it is used, fetched again or rejected. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CommandResult } from './run-command.js';

export interface WantedFile {
  readonly file: string;
  readonly bytes?: number;
  readonly algorithm: 'sha256' | 'sha512';
  readonly digest: string;
  /** Writes the file under its name into the given folder. */
  readonly download: (folder: string) => Promise<CommandResult>;
}

export type CachedFile =
  | { readonly ok: true; readonly path: string; readonly kept: boolean }
  | { readonly ok: false; readonly reason: string };

/**
 * Never leaves a partial file under the final name: downloads go to a folder beside it and are moved once their
 * checksum is right.
 */
export async function cachedFile(wanted: WantedFile, folder: string): Promise<CachedFile> {
  const path = join(folder, wanted.file);
  if ((await difference(path, wanted)) === undefined) return { ok: true, path, kept: true };
  await mkdir(folder, { recursive: true });
  const arriving = await mkdtemp(join(folder, 'arriving-'));
  try {
    const downloaded = await wanted.download(arriving);
    if (!downloaded.ok) return downloaded;
    const arrived = join(arriving, wanted.file);
    const wrong = await difference(arrived, wanted);
    if (wrong !== undefined)
      return { ok: false, reason: `the registry gave another ${wanted.file} than expected: ${wrong}` };
    await rename(arrived, path);
    return { ok: true, path, kept: false };
  } finally {
    await rm(arriving, { recursive: true, force: true });
  }
}

/** What is wrong with the file at `path`; undefined when nothing is. */
async function difference(path: string, wanted: WantedFile): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'there is no file of that name';
  if (wanted.bytes !== undefined && found.size !== wanted.bytes) return `${found.size} bytes, expected ${wanted.bytes}`;
  const hash = createHash(wanted.algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  const digest = hash.digest('hex');
  return digest === wanted.digest ? undefined : `${wanted.algorithm} ${digest}, expected ${wanted.digest}`;
}
