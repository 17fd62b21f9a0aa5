/** Completes a model source with the bytes of its files, for the runtimes that take bytes. */

import type { ModelSource } from '../../contracts/model-loader.js';
import { readModelFiles } from '../tfjs/model-files.js';
import type { SessionSource } from './session.js';

export type SourceReading =
  | { readonly ok: true; readonly source: SessionSource }
  | { readonly ok: false; readonly problem: string };

/** A runtime of a session module reads its folder itself. */
export async function readSource(source: ModelSource): Promise<SourceReading> {
  const { runtime } = source;
  if (runtime !== undefined && !runtime.startsWith('tfjs-'))
    return { ok: true, source: { ...source, files: undefined } };
  const reading = await readModelFiles(source.folder, source.file);
  return reading.ok ? { ok: true, source: { ...source, files: reading.files } } : reading;
}
