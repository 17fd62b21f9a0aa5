/**
 * An engine whose batches finish, fail or get lost when the test says so. It computes y = 2·x for each element, so that
 * with one output of the input's shape an answer shows which row it belongs to. A text gives its length.
 */

import { viewBatch } from '../../shared/batch-layout.js';
import type { BatchOutcome, Engine, EngineModel, PackedBatch } from '../contracts/engine.js';

/** One batch given to the engine. */
export interface PuppetRun {
  readonly model: EngineModel;
  readonly rows: number;
  readonly hangMs: number;
  /** Elements of its first input, or its texts. */
  readonly values: readonly (number | string)[];
}

interface Held extends PuppetRun {
  readonly buffer: ArrayBuffer;
  readonly settle: (outcome: BatchOutcome) => void;
}

/** An engine driven by hand. `slots`: batches at a time. @default 1 */
export class PuppetEngine implements Engine {
  readonly slots: number;
  /** Every batch so far. */
  readonly runs: PuppetRun[] = [];
  readonly #held: Held[] = [];

  constructor(slots = 1) {
    this.slots = slots;
  }

  /** Number of unfinished batches. */
  get running(): number {
    return this.#held.length;
  }

  run(model: EngineModel, { rows, buffer, hangMs }: PackedBatch): Promise<BatchOutcome> {
    const run: PuppetRun = { model, rows, hangMs, values: valuesOf(model, rows, buffer) };
    this.runs.push(run);
    return new Promise((settle) => {
      this.#held.push({ ...run, buffer, settle });
    });
  }

  /**
   * Finishes the oldest batch with its results, or as `failed` or `lost`. Resolves when the hub has seen it. Throws
   * when there is none.
   */
  async finish(status: BatchOutcome['status'] = 'done'): Promise<void> {
    const held = this.#held.shift();
    if (held === undefined) throw new Error('the puppet engine has no batch to finish');
    if (status !== 'done') held.settle({ status, reason: `${status} by the test` });
    else {
      const views = viewBatch(held.model, held.rows, held.buffer);
      const output = views.outputs[0];
      for (const [index, value] of held.values.entries()) {
        if (output !== undefined && index < output.length)
          output[index] = typeof value === 'string' ? value.length : value * 2;
      }
      held.settle({ status, buffer: held.buffer, inferUs: 100 });
    }
    // Lets the hub's continuation and the one after it run.
    await Promise.resolve();
    await Promise.resolve();
  }
}

function valuesOf(model: EngineModel, rows: number, buffer: ArrayBuffer): readonly (number | string)[] {
  const { inputs, text } = viewBatch(model, rows, buffer);
  if (text === undefined) return [...(inputs[0] ?? [])];
  let offset = 0;
  return Array.from(text.lengths, (length) => {
    const bytes = text.bytes.slice(offset, offset + length);
    offset += length;
    return new TextDecoder().decode(bytes);
  });
}
