/** TensorFlow.js as a runtime: layers and graph models on the backends of one thread. */

import type { Runtime } from '../../contracts/runtime.js';
import { Backends } from '../backend/backends.js';
import { openTfjsSession } from './open-session.js';
import { tfjsFiles } from './tfjs-files.js';
import type { TfjsSettings } from './tfjs-settings.js';

export function tfjsRuntime(settings: TfjsSettings, backends: Backends = new Backends()): Runtime {
  return {
    ...tfjsFiles,
    openSession: (source) => openTfjsSession(source, backends, settings),
    memory: () => backends.memory(),
  };
}
