/**
 * A runtime whose model fails on demand, to test how the hub reacts. Input `x` float32 `[rows, 2]`, output `y` float32
 * `[rows, 1]` = 2 * x[0]. x[1] selects a fault: -1 ends the thread, -2 throws, -3 never returns. Option `batchMs`: how
 * long every batch takes, in milliseconds.
 */

import type { BatchViews } from '../../shared/batch-layout.js';
import type { ModelSession, Runtime, SessionDescription, SessionOpening, SessionSource } from '../contracts/runtime.js';

/** Values for x[1]. */
export const FAULT = { none: 0, exit: -1, throw: -2, hang: -3 } as const;

/** File URL of this module, to pass to the engine. */
export const faultRuntimeModule: string = import.meta.url;

/** For the engine, which imports this module. */
export const runtime: Runtime = { names: ['fault'], openSession };

function openSession(source: SessionSource): SessionOpening {
  const batchMs = source.options.batchMs ?? 0;
  if (typeof batchMs !== 'number' || !(batchMs >= 0)) {
    return { ok: false, problem: 'options.batchMs must be a number of milliseconds, 0 or more' };
  }
  return { ok: true, session: new FaultSession(batchMs) };
}

class FaultSession implements ModelSession {
  readonly #batchMs: number;
  readonly #never = new Int32Array(new SharedArrayBuffer(4));

  constructor(batchMs: number) {
    this.#batchMs = batchMs;
  }

  describe(): SessionDescription {
    return {
      inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
      engine: 'fault',
      why: 'asked for by the manifest',
    };
  }

  run({ inputs: [x], outputs: [y] }: BatchViews, rows: number): void {
    if (x === undefined || y === undefined) throw new Error('the batch has no tensors');
    if (this.#batchMs > 0) Atomics.wait(this.#never, 0, 0, this.#batchMs);
    for (let row = 0; row < rows; row++) {
      switch (x[2 * row + 1]) {
        case FAULT.exit:
          // Ends the thread, when in one.
          process.exit(1);
          break;
        case FAULT.throw:
          throw new Error(`row ${row} asked for an error`);
        case FAULT.hang:
          for (;;);
      }
      y[row] = 2 * (x[2 * row] ?? 0);
    }
  }

  dispose(): void {}
}
