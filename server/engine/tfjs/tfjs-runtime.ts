/** TensorFlow.js as a runtime: layers and graph models on the backends of one thread. */

import type { Runtime } from '../../contracts/runtime.js';
import { Backends } from '../backend/backends.js';
import type { BackendChoice } from '../backend/names.js';
import { tfjsFiles } from './tfjs-files.js';
import { openTfjsSession } from './tfjs-session.js';

export function tfjsRuntime(choice: BackendChoice, backends: Backends = new Backends()): Runtime {
  return {
    ...tfjsFiles,
    openSession: (source) => openTfjsSession(source, backends, choice),
    memory: () => backends.memory(),
  };
}
