/**
 * Runs a model on the tokens of a batch's texts: pads them, and runs short and long texts apart where that saves much.
 * Knows the model's session; knows no tokenizer.
 */

import type { BatchViews } from '../../../shared/batch-layout.js';
import { type DType, elementCount, isOpen, newTensorArray, type TensorArray } from '../../../shared/tensor.js';
import type { TokenTensor } from '../../../shared/text/tokenizer/tokenizer-config.js';
import type { ModelSession, SessionDescription } from '../../contracts/runtime.js';
import { planSubRuns, type SubRun } from './sub-runs.js';
import type { TokenRows } from './token-rows.js';

export interface TokenSessionParts {
  readonly session: ModelSession;
  readonly specs: SessionDescription;
  readonly rows: TokenRows;
  /** The tensor of each input of the model. */
  readonly order: readonly TokenTensor[];
  /** The most tokens of a row. */
  readonly maxLength: number;
  /** Whether every row is padded to that. */
  readonly isFull: boolean;
}

export class TokenSession {
  readonly #parts: TokenSessionParts;
  /** Reused between runs, grown to the largest. */
  readonly #arrays: TensorArray[];

  constructor(parts: TokenSessionParts) {
    this.#parts = parts;
    this.#arrays = parts.specs.inputs.map(({ dtype }) => newTensorArray(dtypeOf(dtype), 0));
  }

  run(views: BatchViews, count: number): void | Promise<void> {
    const { rows, session, maxLength, isFull } = this.#parts;
    rows.read(views.text, count);
    const all = Array.from({ length: count }, (_, row) => row);
    const runs = isFull ? [{ rows: all, length: maxLength }] : planSubRuns(rows.lengths, maxLength);
    const [first, ...others] = runs;
    if (first !== undefined && others.length === 0)
      return session.run(
        { outputs: views.outputs, inputs: this.#inputs(first), text: undefined },
        count,
        this.#sizes(first),
      );
    return this.#runParts(runs, views.outputs);
  }

  #runParts(runs: readonly SubRun[], outputs: readonly TensorArray[]): void | Promise<void> {
    const { session, specs } = this.#parts;
    for (const [index, run] of runs.entries()) {
      const count = run.rows.length;
      const own = specs.outputs.map(({ dtype, shape }) => newTensorArray(dtype, count * elementCount(shape)));
      const pending = session.run(
        { outputs: own, inputs: this.#inputs(run), text: undefined },
        count,
        this.#sizes(run),
      );
      if (pending !== undefined)
        return pending.then(() => {
          this.#place(run, own, outputs);
          return this.#runParts(runs.slice(index + 1), outputs);
        });
      this.#place(run, own, outputs);
    }
  }

  #sizes({ length }: SubRun): readonly number[] | undefined {
    return isOpen(this.#parts.specs.inputs) ? [length] : undefined;
  }

  #place({ rows }: SubRun, own: readonly TensorArray[], outputs: readonly TensorArray[]): void {
    for (const [index, { shape }] of this.#parts.specs.outputs.entries()) {
      const size = elementCount(shape);
      const source = own[index];
      if (source === undefined) continue;
      for (const [place, row] of rows.entries())
        outputs[index]?.set(source.subarray(place * size, (place + 1) * size), row * size);
    }
  }

  #inputs(run: SubRun): readonly TensorArray[] {
    const { specs, order, rows } = this.#parts;
    const elements = run.rows.length * run.length;
    return order.map((tensor, index) => {
      let array = this.#arrays[index];
      if (array === undefined || array.length < elements)
        array = newTensorArray(dtypeOf(specs.inputs[index]?.dtype), elements);
      this.#arrays[index] = array;
      const view = array.subarray(0, elements);
      rows.write(tensor, run.rows, run.length, view);
      return view;
    });
  }
}

function dtypeOf(dtype: DType | 'string' | undefined): DType {
  return dtype === 'float32' ? 'float32' : 'int32';
}
