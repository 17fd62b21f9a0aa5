/**
 * Reads the tokenizer.json that a manifest's featuriser names, and checks it: what is wrong is told at load. Knows files;
 * knows no engine.
 */

import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import type { FeaturiserConfig } from '../../shared/text/featuriser.js';
import { isTokenizerName, type TokenizerConfig } from '../../shared/text/tokenizer/tokenizer-config.js';
import { parseTokenizerFile } from '../../shared/text/tokenizer/tokenizer-file.js';
import { firstLine } from '../../shared/words/message-of.js';
import { inside } from './folder-listing.js';
import { MANIFEST_FILE } from './manifest.js';

export type TokenizerRead =
  /** Undefined for a featuriser without a file. */
  | { readonly ok: true; readonly bytes: SharedArrayBuffer | undefined }
  /** One line that names the file. */
  | { readonly ok: false; readonly problem: string };

/** Those of the largest vocabularies in use have 35 MB. */
export const MOST_TOKENIZER_BYTES = 64 * 2 ** 20;

/**
 * The bytes of the file, for all engine threads: shared and not copied, so that a replacement thread has the same
 * content.
 *
 * @param folder of the model, without symbolic links
 */
export async function readTokenizer(folder: string, featuriser: FeaturiserConfig | undefined): Promise<TokenizerRead> {
  if (featuriser === undefined || !isTokenizer(featuriser)) return { ok: true, bytes: undefined };
  const { file } = featuriser;
  try {
    const bytes = await readBounded(folder, file);
    const parsed = parseTokenizerFile(bytes.toString('utf8'), featuriser);
    if (!parsed.ok) return parsed;
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    return { ok: true, bytes: shared };
  } catch (cause) {
    return { ok: false, problem: firstLine(cause) };
  }
}

async function readBounded(folder: string, file: string): Promise<Buffer> {
  const named = `${file}, which featuriser.file in ${MANIFEST_FILE} names,`;
  if (isAbsolute(file) || normalize(file).split(sep)[0] === '..')
    throw new Error(`${named} is no path inside the model's folder; put the file itself there`);
  const real = await inside(folder, join(folder, file)).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause)
      throw new Error(`${named} does not exist; put the tokenizer.json of the model there`);
    throw cause;
  });
  const found = await stat(real);
  if (!found.isFile()) throw new Error(`${named} is no file`);
  if (found.size > MOST_TOKENIZER_BYTES)
    throw new Error(`${named} has ${found.size} bytes, expected at most ${MOST_TOKENIZER_BYTES}`);
  return readFile(real);
}

function isTokenizer(featuriser: FeaturiserConfig): featuriser is TokenizerConfig {
  return isTokenizerName(featuriser.name);
}
