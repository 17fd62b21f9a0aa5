/** `@tickcast/onnx`: a runtime for .onnx models. Importing it loads no ONNX Runtime. */

import type { FilesReading, ModelSource, Runtime } from 'tickcast';

export { engines } from './engine/trial.js';

import { readOnnxFiles } from './file/onnx-files.js';
import { openSession } from './open-session.js';

const USUAL_FILE = 'model.onnx';

/** Models of ONNX, for folders with a `model.onnx` or one other .onnx file. Names: `onnx`. */
export const runtime: Runtime = {
  names: ['onnx'],
  readFiles: ({ folder, file }: ModelSource): Promise<FilesReading> =>
    readOnnxFiles(folder, file.endsWith('.onnx') ? file : USUAL_FILE),
  openSession,
};
