/** The main thread's part of the TensorFlow.js runtime: its names, and how to read model files. Loads no TensorFlow. */

import { firstLine } from '../../../shared/words/message-of.js';
import type { ModelSource } from '../../contracts/model-loader.js';
import type { FilesReading, Runtime } from '../../contracts/runtime.js';
import { type ModelFiles, readModelFiles, SAVED_MODEL_RUNTIME, TFJS_RUNTIMES } from './model-files.js';
import { readSavedFiles, type SavedFile } from './saved-model/files.js';

/** The files of a SavedModel, which is no model.json. */
export interface SavedModelFiles {
  readonly runtime: typeof SAVED_MODEL_RUNTIME;
  readonly files: readonly SavedFile[];
}

/** What the main thread reads, and each engine thread opens. */
export type AnyModelFiles = ModelFiles | SavedModelFiles;
export type AnyRuntime = AnyModelFiles['runtime'];

export const tfjsFiles: Required<Pick<Runtime, 'names' | 'readFiles'>> = {
  names: [...TFJS_RUNTIMES, SAVED_MODEL_RUNTIME],
  async readFiles({ folder, file, runtime }: ModelSource): Promise<FilesReading> {
    if (runtime === SAVED_MODEL_RUNTIME) return readSaved(folder);
    const reading = await readModelFiles(folder, file);
    if (!reading.ok || runtime === undefined || runtime === reading.files.runtime) return reading;
    const problem = `manifest.json says runtime "${runtime}", but ${file} is of ${reading.files.runtime}`;
    return { ok: false, problem };
  },
};

async function readSaved(folder: string): Promise<FilesReading> {
  try {
    const files: SavedModelFiles = { runtime: SAVED_MODEL_RUNTIME, files: await readSavedFiles(folder) };
    return { ok: true, files };
  } catch (cause) {
    return { ok: false, problem: firstLine(cause) };
  }
}
