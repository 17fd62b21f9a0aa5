/**
 * What a manifest does to the tensors of a model: inputs by scale and offset, outputs by softmax or sigmoid. Wraps a
 * session. Knows no runtime.
 */

import type { BatchViews } from '../../../shared/batch-layout.js';
import { elementCount, type InputSpec, isOpen, type TensorArray, type TensorSpec } from '../../../shared/tensor.js';
import type { ModelSession, SessionSource } from '../../contracts/runtime.js';
import type { ParsedOpening } from './session-opening.js';

type Opened = ParsedOpening & { readonly ok: true };
/** Changes the rows of one tensor in its place. */
type Adjust = (array: TensorArray, rows: number) => void;

/** The session as the manifest wants it; the same one where it wants nothing. Disposes of one that does not fit. */
export function adjusted(opening: Opened, { inputs, outputs = [] }: SessionSource): ParsedOpening {
  const { session, specs } = opening;
  const scaled = inputs.filter(({ scale, offset }) => scale !== undefined || offset !== undefined);
  if (scaled.length === 0 && outputs.length === 0) return opening;
  const refuse = (problem: string): ParsedOpening => {
    session.dispose();
    return { ok: false, problem: `manifest.json: ${problem}` };
  };
  const before = new Map<number, Adjust>();
  for (const { name, scale = 1, offset = 0 } of scaled) {
    const index = specs.inputs.findIndex((input) => input.name === name);
    const spec = specs.inputs[index];
    const problem = scaleProblem(name, spec, { scale, offset });
    if (problem !== undefined) return refuse(problem);
    before.set(index, scaling(scale, offset));
  }
  const after = new Map<number, Adjust>();
  for (const { name, apply } of outputs) {
    const index = specs.outputs.findIndex((output) => output.name === name);
    const spec = specs.outputs[index];
    if (spec === undefined)
      return refuse(
        `"outputs" has "${name}", the model's outputs are ${specs.outputs.map((one) => `"${one.name}"`).join(', ')}`,
      );
    const problem = applyProblem(spec, apply);
    if (problem !== undefined) return refuse(problem);
    after.set(index, apply === 'sigmoid' ? sigmoid : softmaxOver(spec));
  }
  return { ...opening, session: new AdjustedSession(session, before, after) };
}

class AdjustedSession implements ModelSession {
  readonly #session: ModelSession;
  readonly #before: ReadonlyMap<number, Adjust>;
  readonly #after: ReadonlyMap<number, Adjust>;

  constructor(session: ModelSession, before: ReadonlyMap<number, Adjust>, after: ReadonlyMap<number, Adjust>) {
    this.#session = session;
    this.#before = before;
    this.#after = after;
  }

  describe() {
    return this.#session.describe();
  }

  run(views: BatchViews, rows: number, sizes?: readonly number[]): void | Promise<void> {
    change(views.inputs, this.#before, rows);
    const pending = this.#session.run(views, rows, sizes);
    if (pending !== undefined) return pending.then(() => change(views.outputs, this.#after, rows));
    change(views.outputs, this.#after, rows);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

function change(arrays: readonly TensorArray[], adjusts: ReadonlyMap<number, Adjust>, rows: number): void {
  for (const [index, adjust] of adjusts) {
    const array = arrays[index];
    if (array !== undefined) adjust(array, rows);
  }
}

type Factor = number | readonly number[];

function scaleProblem(
  name: string,
  spec: InputSpec | undefined,
  factors: Readonly<Record<'scale' | 'offset', Factor>>,
): string | undefined {
  if (spec?.dtype !== 'float32')
    return `input "${name}" has a scale or offset, which is for inputs of float32 that callers send`;
  const channels = spec.shape.at(-1) ?? 1;
  for (const [field, factor] of Object.entries(factors)) {
    if (typeof factor === 'object' && factor.length !== channels)
      return `${field} of input "${name}" has ${factor.length} numbers, expected one, or ${channels}: one for each element of its last dimension`;
  }
  return undefined;
}

/** `x * scale + offset`, by the last dimension where there are several of either. */
function scaling(scale: Factor, offset: Factor): Adjust {
  if (typeof scale === 'number' && typeof offset === 'number')
    return (array) => {
      for (let i = 0; i < array.length; i++) array[i] = (array[i] ?? 0) * scale + offset;
    };
  const channels = typeof scale === 'object' ? scale.length : (offset as readonly number[]).length;
  const at = (factor: Factor, channel: number): number =>
    typeof factor === 'object' ? (factor[channel] ?? 0) : factor;
  const [scales, offsets] = [scale, offset].map((factor) =>
    Float64Array.from({ length: channels }, (_, i) => at(factor, i)),
  );
  return (array) => {
    for (let i = 0; i < array.length; i++) {
      const channel = i % channels;
      array[i] = (array[i] ?? 0) * (scales?.[channel] ?? 1) + (offsets?.[channel] ?? 0);
    }
  };
}

function applyProblem({ name, dtype, shape }: TensorSpec, apply: string): string | undefined {
  if (dtype !== 'float32') return `${apply} is for outputs of float32, and "${name}" is of ${dtype}`;
  if (apply === 'softmax' && (shape.length === 0 || isOpen([{ shape: shape.slice(-1) }]) || shape.at(-1) === 1))
    return `softmax is for outputs of several numbers in the last dimension, and "${name}" has one, or as many as its input; did you mean sigmoid?`;
  return undefined;
}

/** `1 / (1 + exp(-x))`, without overflow on either side. */
function sigmoid(array: TensorArray): void {
  for (let i = 0; i < array.length; i++) {
    const x = array[i] ?? 0;
    const part = Math.exp(-Math.abs(x));
    array[i] = (x < 0 ? part : 1) / (1 + part);
  }
}

/** `exp(x) / sum(exp(x))` over the last dimension, with the largest taken off first. */
function softmaxOver({ shape }: TensorSpec): Adjust {
  const size = elementCount(shape.slice(-1));
  return (array) => {
    for (let from = 0; from < array.length; from += size) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = from; i < from + size; i++) largest = Math.max(largest, array[i] ?? 0);
      let sum = 0;
      for (let i = from; i < from + size; i++) {
        const part = Math.exp((array[i] ?? 0) - largest);
        array[i] = part;
        sum += part;
      }
      for (let i = from; i < from + size; i++) array[i] = (array[i] ?? 0) / sum;
    }
  };
}
