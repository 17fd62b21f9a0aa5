/** The TensorFlow.js backends of one thread: opened when first needed, one of them active. Knows no model. */

import { type Backend, type BackendOpening, openBackend } from './backend.js';
import type { BackendName } from './names.js';

export class Backends {
  readonly #open: (name: BackendName) => Promise<BackendOpening>;
  readonly #openings = new Map<BackendName, Promise<BackendOpening>>();
  #active: Backend | undefined;

  /** @param open opens one; a test may give its own. */
  constructor(open: (name: BackendName) => Promise<BackendOpening> = openBackend) {
    this.#open = open;
  }

  /** Opens a backend, or gives the one that is open. */
  open(name: BackendName): Promise<BackendOpening> {
    let opening = this.#openings.get(name);
    if (opening === undefined) {
      opening = this.#open(name).then((answer) => {
        // Opening makes a backend the active one.
        if (answer.ok) this.#active = answer.backend;
        return answer;
      });
      this.#openings.set(name, opening);
    }
    return opening;
  }

  /** Makes a backend the active one. Undefined when it is so already, which spares the hot path a promise. */
  activate(backend: Backend): Promise<void> | undefined {
    if (this.#active === backend) return undefined;
    this.#active = backend;
    return backend.activate();
  }

  /** What TensorFlow.js holds in this thread; zeros where none is open. */
  memory(): { readonly numTensors: number; readonly numBytes: number } {
    if (this.#active === undefined) return { numTensors: 0, numBytes: 0 };
    const { numTensors, numBytes } = this.#active.tf.memory();
    return { numTensors, numBytes };
  }
}
