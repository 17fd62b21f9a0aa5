/** The main thread's part of the TensorFlow.js runtime: its names, and how to read model files. Loads no TensorFlow. */

import type { ModelSource } from '../../contracts/model-loader.js';
import type { FilesReading, Runtime } from '../../contracts/runtime.js';
import { readModelFiles, TFJS_RUNTIMES } from './model-files.js';

export const tfjsFiles: Required<Pick<Runtime, 'names' | 'readFiles'>> = {
  names: TFJS_RUNTIMES,
  async readFiles({ folder, file, runtime }: ModelSource): Promise<FilesReading> {
    const reading = await readModelFiles(folder, file);
    if (!reading.ok || runtime === undefined || runtime === reading.files.runtime) return reading;
    const problem = `manifest.json says runtime "${runtime}", but ${file} is of ${reading.files.runtime}`;
    return { ok: false, problem };
  },
};
