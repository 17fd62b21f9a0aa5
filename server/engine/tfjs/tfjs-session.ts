/** Runs one TensorFlow.js model on one backend. Knows tensors and the batch's views; knows no threads or messages. */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { BatchViews } from '../../../shared/batch-layout.js';
import {
  elementCount,
  formatShape,
  isDType,
  newTensorArray,
  type TensorArray,
  type TensorSpec,
} from '../../../shared/tensor.js';
import { firstLine } from '../../../shared/words/message-of.js';
import type { ModelSession, SessionDescription, SessionOpening, SessionSource } from '../../contracts/runtime.js';
import type { Backend } from '../backend/backend.js';
import type { Backends } from '../backend/backends.js';
import { TEXT_INPUT, TextInput } from '../session/text-input.js';
import { chooseBackend } from './backend-choice.js';
import { publicName, type SettledInput, settleInputs } from './input-check.js';
import type { ModelFiles, TfjsRuntime } from './model-files.js';
import { missingKernel, needsAsync, openingProblem, openTfjsModel, type TfjsModel } from './tfjs-model.js';
import type { TfjsSettings } from './tfjs-settings.js';

/**
 * The outputs' shapes are learned from runs with these numbers of rows: two, to tell other dimensions from the batch's.
 */
const PROBE_ROWS = [2, 3] as const;
/** And with these lengths, where they are open. */
const PROBE_LENGTHS = [16, 8] as const;

/** Opens a session on the chosen backend, or on cpu when that backend lacks a kernel the model needs. */
export async function openTfjsSession(
  source: SessionSource,
  backends: Backends,
  { backend: choice, graphCapture }: TfjsSettings,
): Promise<SessionOpening> {
  // From readFiles, in the main thread.
  const files = source.files as ModelFiles;
  const chosen = await chooseBackend(files.runtime, choice, (name) => backends.open(name));
  if (!chosen.ok) return chosen;
  const { backend, why } = chosen;
  try {
    return await open(source, files, backends, backend, why, graphCapture);
  } catch (cause) {
    const kernel = missingKernel(cause);
    if (kernel === undefined || backend.name === 'cpu') return { ok: false, problem: openingProblem(cause) };
    const cpu = await backends.open('cpu');
    if (!cpu.ok) return { ok: false, problem: `${firstLine(cause)}, and cpu cannot be had: ${cpu.reason}` };
    const instead = `the ${backend.name} engine has no kernel ${kernel}, which this model needs`;
    return open(source, files, backends, cpu.backend, instead).catch((second: unknown) => ({
      ok: false,
      problem: firstLine(second),
    }));
  }
}

/** Throws what TensorFlow.js throws; our own refusals are values. */
async function open(
  source: SessionSource,
  files: ModelFiles,
  backends: Backends,
  backend: Backend,
  why: string,
  graphCapture = false,
): Promise<SessionOpening> {
  await backends.activate(backend);
  const model = await openTfjsModel(files, backend, source.featuriser?.name === 'hashed-text-encoder');
  let refused = true;
  try {
    const text = model.featuriser && new TextInput(model.featuriser);
    const settled = text
      ? settleInputs(model.inputs, text.featuriser.tensors, 'the featuriser')
      : settleInputs(model.inputs, source.inputs, source.inputsFrom ?? 'manifest.json');
    if (!settled.ok) return settled;
    const session = new TfjsSession({ model, backends, backend, why, runtime: files.runtime }, settled.inputs, text);
    const problem = await session.probe();
    if (problem !== undefined) return { ok: false, problem };
    if (graphCapture && backend.name === 'native') await session.capture();
    refused = false;
    return { ok: true, session };
  } finally {
    if (refused) model.dispose();
  }
}

interface TfjsSessionParts {
  readonly model: TfjsModel;
  readonly backends: Backends;
  readonly backend: Backend;
  readonly why: string;
  readonly runtime: TfjsRuntime;
}

class TfjsSession implements ModelSession {
  #model: TfjsModel;
  readonly #backends: Backends;
  readonly #backend: Backend;
  #why: string;
  readonly #runtime: TfjsRuntime;
  #tensors: readonly SettledInput[];
  readonly #text: TextInput | undefined;
  #outputs: readonly TensorSpec[] = [];
  #executeAsync: TfjsModel['executeAsync'];

  constructor(parts: TfjsSessionParts, tensors: readonly SettledInput[], text: TextInput | undefined) {
    const { model, backends, backend, why, runtime } = parts;
    this.#model = model;
    this.#backends = backends;
    this.#backend = backend;
    this.#why = why;
    this.#runtime = runtime;
    this.#tensors = tensors;
    this.#text = text;
  }

  describe(): SessionDescription {
    const inputs = this.#text ? [TEXT_INPUT] : this.#tensors;
    const engine = `tfjs-${this.#backend.name}`;
    return { inputs, outputs: this.#outputs, engine, why: this.#why, runtime: this.#runtime };
  }

  run(views: BatchViews, rows: number): void | Promise<void> {
    const activation = this.#backends.activate(this.#backend);
    if (activation !== undefined) return activation.then(() => this.#run(views, rows));
    return this.#run(views, rows);
  }

  dispose(): void {
    this.#model.dispose();
  }

  /** Goes on with the model as a graph, if it can be captured. */
  async capture(): Promise<void> {
    if (this.#isOpen) {
      this.#why += '; not captured as a graph: the length of its inputs is open';
      return;
    }
    const { tf } = this.#backend;
    const { captureModel } = await import('./capture/captured-model.js');
    const captured =
      this.#executeAsync === undefined
        ? await captureModel({ tf, model: this.#model, inputs: this.#tensors })
        : { ok: false as const, reason: 'it runs asynchronously' };
    if (captured.ok) this.#model = captured.model;
    this.#why += captured.ok ? '; captured as one graph' : `; not captured as a graph: ${captured.reason}`;
  }

  get #isOpen(): boolean {
    return this.#tensors.some(({ open }) => open === true);
  }

  /** Learns the outputs' specs from runs on zeros. Returns what is wrong with the model, or undefined. */
  async probe(): Promise<string | undefined> {
    if (!this.#isOpen) return this.#probe(0, 0);
    const problem = await this.#probe(...PROBE_LENGTHS).catch(firstLine);
    if (problem === undefined) return undefined;
    // As one for each token would be.
    this.#why += '; each text is padded to the full length, since it is part of the answer or of the weights';
    this.#tensors = this.#tensors.map(({ open: _, ...tensor }) => tensor);
    return this.#probe(0, 0);
  }

  async #probe(firstLength: number, secondLength: number): Promise<string | undefined> {
    const first = await this.#shapes(PROBE_ROWS[0], firstLength);
    const second = await this.#shapes(PROBE_ROWS[1], secondLength);
    const outputs: TensorSpec[] = [];
    for (const [index, { shape, dtype }] of first.entries()) {
      const name = publicName(this.#model.outputNames[index] ?? `output${index}`);
      const [rows, ...sizes] = shape;
      const again = second[index]?.shape ?? [];
      if (rows !== PROBE_ROWS[0] || formatShape(again) !== formatShape([PROBE_ROWS[1], ...sizes])) {
        return `output "${name}" has shape ${formatShape(shape)} for ${PROBE_ROWS[0]} rows and ${formatShape(again)} for ${PROBE_ROWS[1]}; its first dimension must be the batch, the others fixed`;
      }
      if (!isDType(dtype)) return `output "${name}" has dtype ${dtype}, expected float32, int32 or bool`;
      outputs.push({ name, dtype, shape: sizes });
    }
    if (outputs.length === 0) return 'it has no outputs';
    this.#outputs = outputs;
    return undefined;
  }

  /** @param most length of open inputs, at most */
  async #shapes(
    rows: number,
    most: number,
  ): Promise<readonly { readonly shape: readonly number[]; readonly dtype: string }[]> {
    const inputs = this.#tensors.map(({ dtype, shape, open }) => {
      const [length = 1, ...inner] = shape;
      const elements = open === true ? Math.min(length, most) * elementCount(inner) : elementCount(shape);
      return newTensorArray(dtype, rows * elements);
    });
    const read = (outputs: readonly Tensor[]) => outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    if (this.#executeAsync === undefined) {
      try {
        return this.#backend.tf.tidy(() => read(this.#model.execute(this.#inputs(inputs, rows))));
      } catch (cause) {
        if (!needsAsync(cause) || this.#model.executeAsync === undefined) throw cause;
        this.#executeAsync = this.#model.executeAsync;
      }
    }
    return this.#inScope(this.#executeAsync, inputs, rows, read);
  }

  #run(views: BatchViews, rows: number): void | Promise<void> {
    const inputs = this.#text ? this.#text.read(views.text, rows) : views.inputs;
    const copy = (outputs: readonly Tensor[]): void => this.#copy(outputs, views.outputs);
    if (this.#executeAsync !== undefined) return this.#inScope(this.#executeAsync, inputs, rows, copy);
    this.#backend.tf.tidy(() => copy(this.#model.execute(this.#inputs(inputs, rows))));
  }

  /** Like tidy(), for asynchronous runs; works because runs do not overlap. */
  async #inScope<T>(
    execute: NonNullable<TfjsModel['executeAsync']>,
    inputs: readonly TensorArray[],
    rows: number,
    read: (outputs: readonly Tensor[]) => T,
  ): Promise<T> {
    const engine = this.#backend.tf.engine();
    engine.startScope('run');
    try {
      return read(await execute(this.#inputs(inputs, rows)));
    } finally {
      engine.endScope();
    }
  }

  /**
   * Tensors over the batch's own bytes. A backend may keep such an array with its tensor, but no tensor outlives the
   * run.
   */
  #inputs(arrays: readonly TensorArray[], rows: number): readonly Tensor[] {
    const { tf } = this.#backend;
    return this.#tensors.map(({ dtype, shape, open }, index) => {
      const array = arrays[index] ?? [];
      if (open !== true) return tf.tensor(array, [rows, ...shape], dtype);
      const inner = shape.slice(1);
      return tf.tensor(array, [rows, array.length / (rows * elementCount(inner)), ...inner], dtype);
    });
  }

  #copy(outputs: readonly Tensor[], targets: readonly TensorArray[]): void {
    for (const [index, target] of targets.entries()) {
      const values = outputs[index]?.dataSync();
      if (values?.length !== target.length) {
        const { name } = this.#outputs[index] ?? { name: index };
        throw new Error(`output "${name}" has ${values?.length ?? 'no'} elements, expected ${target.length}`);
      }
      target.set(values);
    }
  }
}
