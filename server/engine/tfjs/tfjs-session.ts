/** Runs one TensorFlow.js model on one backend. Knows tensors and the batch's views; knows no threads or messages. */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { BatchViews } from '../../../shared/batch-layout.js';
import {
  elementCount,
  formatShape,
  type InputSpec,
  isDType,
  isOpen,
  newTensorArray,
  shapeAt,
  type TensorArray,
  type TensorSpec,
} from '../../../shared/tensor.js';
import type { ModelSession, SessionDescription } from '../../contracts/runtime.js';
import type { Backend } from '../backend/backend.js';
import type { Backends } from '../backend/backends.js';
import { TEXT_INPUT, type TextInput, textsOf } from '../session/text-input.js';
import type { CaptureParts } from './capture/captured-model.js';
import { type Column, type FixedRun, fixedRuns } from './fixed-batch.js';
import { type InputPlan, publicName } from './input-check.js';
import type { AnyRuntime } from './tfjs-files.js';
import { needsAsync, type TfjsModel } from './tfjs-model.js';

/**
 * The outputs' shapes are learned from runs with these numbers of rows: two, to tell other dimensions from the batch's.
 */
const PROBE_ROWS = [2, 3] as const;
/** Open sizes of the first run and of the second, by dimension: all different, and not those of other dimensions. */
const PROBE_SIZES = [
  [
    [11, 13, 17, 19, 23],
    [29, 31, 37, 41, 43],
  ],
  [
    [101, 103, 107, 109, 113],
    [127, 131, 137, 139, 149],
  ],
] as const;
/** Of a model that takes longer for the first of them, in milliseconds, the second run has one row. */
const SLOW_PROBE_MS = 500;
/** A model of which a row takes longer, in milliseconds, gains nothing from a graph: its ops outweigh their dispatch. */
const SLOW_ROW_MS = 250;

export interface TfjsSessionParts {
  /** Without the inputs that the manifest fills. */
  readonly model: TfjsModel;
  readonly backends: Backends;
  readonly backend: Backend;
  readonly why: string;
  readonly runtime: AnyRuntime;
  /** Of the model's inputs, in their order. */
  readonly plans: readonly Exclude<InputPlan, { readonly from: 'manifest' }>[];
  /** The only number of rows that the model takes; undefined when it takes any. */
  readonly batch: number | undefined;
  /** Makes all inputs from texts. */
  readonly text: TextInput | undefined;
}

type ExecuteAsync = NonNullable<TfjsModel['executeAsync']>;

interface Shaped {
  readonly shape: readonly number[];
  readonly dtype: string;
}

export class TfjsSession implements ModelSession {
  readonly #parts: TfjsSessionParts;
  #model: TfjsModel;
  #why: string;
  #outputs: readonly TensorSpec[] = [];
  /** As the probe took it, compilation included. */
  #rowMs = 0;
  #executeAsync: TfjsModel['executeAsync'];

  constructor(parts: TfjsSessionParts) {
    this.#parts = parts;
    this.#model = parts.model;
    this.#why = parts.why;
    if (parts.batch !== undefined) this.explain(`its batch is fixed, so it runs ${rowsText(parts.batch)} at a time`);
    if (parts.model.note !== undefined) this.explain(parts.model.note);
    if (parts.model.reset !== undefined) this.explain('it keeps a state, which is reset after each run');
  }

  describe(): SessionDescription {
    const { plans, backend, runtime, text } = this.#parts;
    const own = plans.map((plan): InputSpec => {
      return plan.from === 'caller' ? plan.spec : { name: plan.name, dtype: 'string', shape: [] };
    });
    const inputs = text === undefined ? own : [TEXT_INPUT];
    return { inputs, outputs: this.#outputs, engine: `tfjs-${backend.name}`, why: this.#why, runtime };
  }

  run(views: BatchViews, rows: number, sizes: readonly number[] = []): void | Promise<void> {
    const activation = this.#parts.backends.activate(this.#parts.backend);
    if (activation !== undefined) return activation.then(() => this.#run(views, rows, sizes));
    return this.#run(views, rows, sizes);
  }

  dispose(): void {
    this.#model.dispose();
  }

  /** Adds to what is told of this session. */
  explain(more: string): void {
    this.#why += `; ${more}`;
  }

  /** Goes on with the model as a graph, if it can be captured. */
  async capture(cache?: CaptureParts['cache']): Promise<void> {
    const { plans, batch, backend } = this.#parts;
    const reason =
      this.#executeAsync !== undefined
        ? 'it runs asynchronously'
        : batch !== undefined
          ? 'its batch is fixed'
          : plans.some(({ from }) => from === 'texts')
            ? 'it takes strings'
            : isOpen(this.#tensorSpecs)
              ? 'its sizes are open'
              : this.#rowMs > SLOW_ROW_MS
                ? `a row takes ${Math.round(this.#rowMs)} ms, which a graph does not make less`
                : undefined;
    const { captureModel } = await import('./capture/captured-model.js');
    const captured =
      reason === undefined
        ? await captureModel({ tf: backend.tf, model: this.#model, inputs: this.#tensorSpecs, cache })
        : { ok: false as const, reason };
    if (captured.ok) this.#model = captured.model;
    const kept = captured.ok && captured.isCached ? ' before' : '';
    this.explain(captured.ok ? `captured as one graph${kept}` : `not captured as a graph: ${captured.reason}`);
  }

  /** Learns the outputs' specs from runs on zeros. Returns what is wrong with the model, or undefined. */
  async probe(): Promise<string | undefined> {
    if (!isOpen(this.#tensorSpecs)) return this.#probe([], []);
    let failure: unknown;
    for (const [one, two] of PROBE_SIZES) {
      try {
        return await this.#probe(one, two);
      } catch (cause) {
        // Models have least sizes of their own.
        failure ??= cause;
      }
    }
    throw failure;
  }

  /** @param small open sizes of the first run, and `large` of the second: outputs may have the same. */
  async #probe(small: readonly number[], large: readonly number[]): Promise<string | undefined> {
    const { batch } = this.#parts;
    const one = batch ?? PROBE_ROWS[0];
    const startedAt = performance.now();
    const first = await this.#shapes(one, small);
    const tookMs = performance.now() - startedAt;
    const two = batch ?? (tookMs > SLOW_PROBE_MS ? 1 : PROBE_ROWS[1]);
    const second = one === two && small.length === 0 ? first : await this.#shapes(two, large);
    this.#rowMs = (performance.now() - startedAt) / (one === two ? one : one + two);
    const outputs: TensorSpec[] = [];
    for (const [index, { shape, dtype }] of first.entries()) {
      const name = publicName(this.#model.outputNames[index] ?? `output${index}`);
      const [rows, ...rest] = shape;
      // Of a single row, an output may be without the batch dimension.
      const sizes = batch === 1 && rows !== 1 ? shape : rest;
      const again = second[index]?.shape ?? [];
      const last = again.slice(again.length - sizes.length);
      const known = sizes.map((size, axis) => sizeOf([size, last[axis]], small, large));
      const odd = known.indexOf(undefined);
      if (small.length > 0 && again.length === shape.length && odd >= 0) {
        return `output "${name}" has shape ${formatShape(sizes)} for inputs of size ${small[0]}, and ${formatShape(last)} for ${large[0]}: an open size must be that of an input; put the input's whole shape in manifest.json`;
      }
      const isSame = again.length === shape.length && odd < 0;
      if (batch === undefined && (rows !== one || again[0] !== two || !isSame)) {
        return `output "${name}" has shape ${formatShape(shape)} for ${one} rows and ${formatShape(again)} for ${two}; its first dimension must be the batch, the others fixed`;
      }
      if (batch !== undefined && batch !== 1 && rows !== batch) {
        return `output "${name}" has shape ${formatShape(shape)} for ${batch} rows, its only batch; its first dimension must be the batch`;
      }
      if (sizes.includes(0))
        return `output "${name}" has shape ${formatShape(shape)}: its size depends on the values; export the model with a fixed size, padded`;
      if (!isDType(dtype)) return `output "${name}" has dtype ${dtype}, expected float32, int32 or bool`;
      outputs.push({ name, dtype, shape: known.map((size) => size ?? 0) });
    }
    if (outputs.length === 0) return 'it has no outputs';
    this.#outputs = outputs;
    return undefined;
  }

  get #tensorSpecs(): readonly TensorSpec[] {
    return this.#parts.plans.flatMap((plan) => (plan.from === 'caller' ? plan.spec : []));
  }

  async #shapes(rows: number, sizes: readonly number[]): Promise<readonly Shaped[]> {
    const columns = this.#parts.plans.map((plan): Column => {
      if (plan.from === 'texts') return Array<Uint8Array>(rows).fill(new Uint8Array());
      return newTensorArray(plan.spec.dtype, rows * elementCount(shapeAt(plan.spec.shape, sizes)));
    });
    const read = (outputs: readonly Tensor[]) => outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    if (this.#executeAsync === undefined) {
      try {
        return this.#execute(columns, rows, sizes, read);
      } catch (cause) {
        if (!needsAsync(cause) || this.#model.executeAsync === undefined) throw cause;
        this.#executeAsync = this.#model.executeAsync;
      }
    }
    return this.#inScope(this.#executeAsync, columns, rows, sizes, read);
  }

  #run(views: BatchViews, rows: number, sizes: readonly number[]): void | Promise<void> {
    const { text, plans, batch } = this.#parts;
    const columns = text
      ? text.read(views.text, rows)
      : plans.map((plan, index) => (plan.from === 'texts' ? textsOf(views.text, rows) : (views.inputs[index] ?? [])));
    const execute = this.#executeAsync;
    const runs =
      batch === undefined
        ? [{ inputs: columns, targets: views.outputs }]
        : fixedRuns(batch, rows, columns, views.outputs);
    if (execute !== undefined) return this.#inTurn(execute, runs, batch ?? rows, sizes);
    for (const { inputs, targets } of runs)
      this.#execute(inputs, batch ?? rows, sizes, (outputs) => this.#copy(outputs, targets));
  }

  async #inTurn(
    execute: ExecuteAsync,
    runs: Iterable<FixedRun>,
    rows: number,
    sizes: readonly number[],
  ): Promise<void> {
    for (const { inputs, targets } of runs)
      await this.#inScope(execute, inputs, rows, sizes, (outputs) => this.#copy(outputs, targets));
  }

  #execute<T>(
    columns: readonly Column[],
    rows: number,
    sizes: readonly number[],
    read: (outputs: readonly Tensor[]) => T,
  ): T {
    const engine = this.#parts.backend.tf.engine();
    engine.startScope('run');
    try {
      return read(this.#model.execute(this.#tensors(columns, rows, sizes)));
    } finally {
      engine.endScope();
      this.#model.reset?.();
    }
  }

  /** A scope across the await works because runs do not overlap. */
  async #inScope<T>(
    execute: ExecuteAsync,
    columns: readonly Column[],
    rows: number,
    sizes: readonly number[],
    read: (outputs: readonly Tensor[]) => T,
  ): Promise<T> {
    const engine = this.#parts.backend.tf.engine();
    engine.startScope('run');
    try {
      return read(await execute(this.#tensors(columns, rows, sizes)));
    } finally {
      engine.endScope();
    }
  }

  /**
   * Tensors over the batch's own bytes. A backend may keep such an array with its tensor, but no tensor outlives the
   * run.
   */
  #tensors(columns: readonly Column[], rows: number, sizes: readonly number[]): readonly Tensor[] {
    const { tf } = this.#parts.backend;
    return this.#parts.plans.map((plan, index) => {
      const column = columns[index] ?? [];
      if (plan.from === 'texts')
        return tf.tensor([...(column as readonly Uint8Array[])], [rows, ...plan.sizes], 'string');
      const shape = sizes.length === 0 ? plan.spec.shape : shapeAt(plan.spec.shape, sizes);
      return tf.tensor(column as TensorArray, [rows, ...shape], plan.spec.dtype);
    });
  }

  /** Of more rows than the targets have, the first. */
  #copy(outputs: readonly Tensor[], targets: readonly TensorArray[]): void {
    for (const [index, target] of targets.entries()) {
      const values = outputs[index]?.dataSync();
      const isRight = this.#parts.batch === undefined ? values?.length === target.length : values !== undefined;
      if (values === undefined || !isRight || values.length < target.length) {
        const { name } = this.#outputs[index] ?? { name: index };
        throw new Error(`output "${name}" has ${values?.length ?? 'no'} elements, expected ${target.length}`);
      }
      target.set(values.length === target.length ? values : values.subarray(0, target.length));
    }
  }
}

/** A size of an output for both probes: fixed, or the number of an open one; undefined when it is neither. */
function sizeOf(
  [one, two]: readonly [number, number | undefined],
  small: readonly number[],
  large: readonly number[],
): number | undefined {
  if (one === two) return one;
  const axis = small.findIndex((size, at) => size === one && large[at] === two);
  return axis < 0 ? undefined : -axis - 1;
}

function rowsText(rows: number): string {
  return rows === 1 ? 'one row' : `${rows} rows`;
}
