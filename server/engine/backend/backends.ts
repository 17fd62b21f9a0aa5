/** The TensorFlow.js backends of one thread: opened on first use, one of them active. Knows no models. */

import { type Backend, type BackendOpening, openBackend } from './backend.js';
import type { BackendName } from './names.js';

export class Backends {
  readonly #open: (name: BackendName) => Promise<BackendOpening>;
  readonly #openings = new Map<BackendName, Promise<BackendOpening>>();
  #active: Backend | undefined;

  /** @param open opens a backend; replaceable in tests. */
  constructor(open: (name: BackendName) => Promise<BackendOpening> = openBackend) {
    this.#open = open;
  }

  /** Opens a backend, or returns the open one. */
  open(name: BackendName): Promise<BackendOpening> {
    let opening = this.#openings.get(name);
    if (opening === undefined) {
      opening = this.#open(name).then((answer) => {
        // Opening a backend also activates it.
        if (answer.ok) this.#active = answer.backend;
        return answer;
      });
      this.#openings.set(name, opening);
    }
    return opening;
  }

  /** Activates a backend. Undefined when it is already active, which spares the hot path a promise. */
  activate(backend: Backend): Promise<void> | undefined {
    if (this.#active === backend) return undefined;
    this.#active = backend;
    return backend.activate();
  }

  /** TensorFlow.js' memory use in this thread; zeros when no backend is open. */
  memory(): { readonly numTensors: number; readonly numBytes: number } {
    if (this.#active === undefined) return { numTensors: 0, numBytes: 0 };
    const { numTensors, numBytes } = this.#active.tf.memory();
    return { numTensors, numBytes };
  }
}
