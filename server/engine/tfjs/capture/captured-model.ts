/**
 * Captures a model on the native backend as a TensorFlow graph, which runs in one call instead of one for each op. An
 * optimisation that never changes an answer: the graph is compared with the model on random inputs at several batch
 * sizes, and dropped at any difference.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { elementCount, type TensorSpec } from '../../../../shared/tensor.js';
import { firstLine } from '../../../../shared/words/message-of.js';
import type { TfCore } from '../../backend/backend.js';
import type { TfjsModel } from '../tfjs-model.js';
import { makeGraph } from './graph.js';
import type { CachedGraph, GraphCache } from './graph-cache.js';
import { type Binding, type NativeBackend, nativeBackend, tensorId } from './native-binding.js';
import { type Content, writeSavedModel } from './saved-model.js';
import { traceRun } from './trace.js';

export type Captured =
  /** `isCached`: it was captured before. */
  | { readonly ok: true; readonly model: TfjsModel; readonly isCached: boolean }
  /** The model stays as it is. */
  | { readonly ok: false; readonly reason: string };

export interface CaptureParts {
  readonly tf: TfCore;
  readonly model: TfjsModel;
  readonly inputs: readonly TensorSpec[];
  /** Whether a graph that is slower is dropped. @default true */
  readonly isTimed?: boolean;
  /** Where graphs are kept, and the key of this one. @default nowhere */
  readonly cache?: { readonly graphs: GraphCache; readonly key: string } | undefined;
}

/** Batch sizes of the traces. */
const [ONE, TWO] = [2, 3] as const;
/** Batch sizes at which graph and model are compared. */
const COMPARED = [1, 2, 3, 17, 64] as const;
/** Largest difference of an output's element, relative to its size or to 1. */
const TOLERANCE = 1e-5;
/** A larger batch is not compared when it would take longer than this, in milliseconds; the first three always are. */
const MOST_COMPARED_MS = 2_000;
const LEAST_COMPARED = 3;
/** Batch sizes at which both are timed: a lone request, and load. */
const TIMED = [1, 32] as const;
/** Runs of each, as many as fit this time in milliseconds: the quickest counts. */
const TIMED_RUNS = 10;
const MOST_TIMED_MS = 200;
/** A graph that takes this many times as long as its model is no gain. */
const SLOWER = 1.05;
/** And that in each of so many comparisons: a busy machine makes either slow. */
const SLOWER_TIMES = 3;
/** A SavedModel is one message, which protobuf limits to 2 GiB. */
const MOST_WEIGHT_BYTES = 1.5 * 2 ** 30;

/** The captured model takes the place of the other one, which it has disposed of. */
export async function captureModel(parts: CaptureParts): Promise<Captured> {
  const backend = nativeBackend(parts.tf.backend());
  if (backend === undefined) return { ok: false, reason: 'this tfjs-node has other internals' };
  const capture = new Capture(parts, backend);
  const cached = await capture.cached();
  if (cached !== undefined) return cached;
  let folder = '';
  try {
    folder = await mkdtemp(join(tmpdir(), 'tickcast-capture-'));
    return await capture.capture(folder);
  } catch (cause) {
    return { ok: false, reason: firstLine(cause) };
  } finally {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  }
}

class Capture {
  readonly #parts: CaptureParts;
  readonly #backend: NativeBackend;
  readonly #binding: Binding;
  readonly #random = randomNumbers();

  constructor(parts: CaptureParts, backend: NativeBackend) {
    this.#parts = parts;
    this.#backend = backend;
    this.#binding = backend.binding;
  }

  /** The graph of an earlier start, if it answers as the model does. */
  async cached(): Promise<Captured | undefined> {
    const { cache, model } = this.#parts;
    const found = await cache?.graphs.find(cache.key);
    if (cache === undefined || found === undefined) return undefined;
    try {
      const captured = this.#load(found);
      if (this.#compare(captured) === undefined) {
        model.dispose();
        return { ok: true, model: captured, isCached: true };
      }
      captured.dispose();
    } catch {
      // Damaged, or of another library: made anew.
    }
    await cache.graphs.forget(cache.key);
    return undefined;
  }

  #load({ folder, outputs }: CachedGraph): TfjsModel {
    const session = this.#backend.loadSavedModelMetaGraph(folder, 'serve');
    const names = this.#parts.inputs.map((_, index) => ({ name: `in${index}:0` }));
    return {
      ...this.#parts.model,
      execute: (tensors) => this.#backend.runSavedModel(session, tensors, names, outputs),
      weights: () => [],
      dispose: () => this.#backend.deleteSavedModel(session),
    };
  }

  async capture(folder: string): Promise<Captured> {
    const { model, inputs } = this.#parts;
    const bytes = model.weights().reduce((sum, { size }) => sum + 4 * size, 0);
    if (bytes > MOST_WEIGHT_BYTES)
      return { ok: false, reason: `its weights of ${bytes} bytes do not fit a SavedModel` };
    // The weights reach the library with their first use.
    this.#tidy(ONE, (tensors) => void model.execute(tensors));
    const [one, two] = [ONE, TWO].map((rows) => ({
      rows,
      trace: this.#tidy(rows, (tensors) => traceRun(this.#backend, tensors, (given) => model.execute(given))),
    }));
    if (one === undefined || two === undefined) throw new Error('no traces');
    const binding = this.#binding;
    const types = inputs.map(({ dtype }) => this.#typeOf(dtype));
    const made = makeGraph(one, two, {
      int32: binding.TF_INT32,
      firstInput: types[0] ?? binding.TF_FLOAT,
      attribute: { int: binding.TF_ATTR_INT, type: binding.TF_ATTR_TYPE },
    });
    if (!made.ok) return made;
    const content = this.#weights();
    const weight = (id: number): Content => {
      const found = content.get(id);
      if (found === undefined) throw new Error('it reads a tensor that is none of its weights');
      return found;
    };
    const places = inputs.map(({ shape }, index) => ({ dtype: types[index] ?? 0, shape: [-1, ...shape] }));
    await writeSavedModel(folder, { graph: made.graph, inputs: places, weight }, binding);
    const outputs = made.graph.outputs.map((name) => (name.includes(':') ? name : `${name}:0`));
    const captured = this.#load({ folder, outputs });
    const reason = this.#compare(captured) ?? (this.#parts.isTimed === false ? undefined : this.#slower(captured));
    if (reason === undefined) {
      const { cache } = this.#parts;
      await cache?.graphs.keep(cache.key, { folder, outputs });
      model.dispose();
      return { ok: true, model: captured, isCached: false };
    }
    captured.dispose();
    return { ok: false, reason };
  }

  #compare(captured: TfjsModel): string | undefined {
    let [rowsBefore, tookMs] = [1, 0];
    for (const [index, rows] of COMPARED.entries()) {
      if (index >= LEAST_COMPARED && (tookMs * rows) / rowsBefore > MOST_COMPARED_MS) break;
      const startedAt = performance.now();
      const difference = this.#difference(captured, rows);
      if (difference !== undefined) return difference;
      [rowsBefore, tookMs] = [rows, performance.now() - startedAt];
    }
    return undefined;
  }

  #slower(captured: TfjsModel): string | undefined {
    let alone = 0;
    for (const rows of TIMED) {
      if (rows * alone > MOST_COMPARED_MS) break;
      let [model, graph, times] = [0, 0, 0];
      do {
        model = this.#quickest(this.#parts.model, rows);
        graph = this.#quickest(captured, rows);
        times += 1;
      } while (graph > SLOWER * model && times < SLOWER_TIMES);
      if (rows === 1) alone = model;
      if (graph > SLOWER * model) return `at batch ${rows} it takes ${graph.toFixed(2)} ms, not ${model.toFixed(2)}`;
    }
    return undefined;
  }

  /** In milliseconds. */
  #quickest(model: TfjsModel, rows: number): number {
    return this.#tidy(rows, (tensors) => {
      let [best, sum] = [Number.POSITIVE_INFINITY, 0];
      for (let run = 0; run < TIMED_RUNS && sum < MOST_TIMED_MS; run++) {
        const startedAt = performance.now();
        this.#parts.tf.tidy(() => void model.execute(tensors).map((output) => output.dataSync()));
        const tookMs = performance.now() - startedAt;
        best = Math.min(best, tookMs);
        sum += tookMs;
      }
      return best;
    });
  }

  /** How graph and model differ at this batch size, if they do. */
  #difference(captured: TfjsModel, rows: number): string | undefined {
    return this.#tidy(rows, (tensors) => {
      const right = this.#parts.model.execute(tensors);
      for (const [index, output] of captured.execute(tensors).entries()) {
        const [a, b] = [right[index]?.dataSync() ?? [], output.dataSync()];
        if (a.length !== b.length || `${right[index]?.shape}` !== `${output.shape}`)
          return `at batch ${rows} its output ${index} has shape ${output.shape}, not ${right[index]?.shape}`;
        for (let i = 0; i < a.length; i++) {
          const [x, y] = [a[i] as number, b[i] as number];
          if (!Object.is(x, y) && !(Math.abs(x - y) <= TOLERANCE * Math.max(1, Math.abs(x))))
            return `at batch ${rows} its output ${index} has ${y}, not ${x}`;
        }
      }
      return undefined;
    });
  }

  #weights(): ReadonlyMap<number, Content> {
    const found = new Map<number, Content>();
    for (const tensor of this.#parts.model.weights()) {
      const { buffer, byteOffset, byteLength } = tensor.dataSync();
      found.set(tensorId(this.#backend, tensor), {
        shape: tensor.shape,
        dtype: this.#typeOf(tensor.dtype),
        bytes: new Uint8Array(buffer, byteOffset, byteLength),
      });
    }
    return found;
  }

  #typeOf(dtype: string): number {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#binding;
    if (dtype === 'float32') return TF_FLOAT;
    if (dtype === 'int32') return TF_INT32;
    if (dtype === 'bool') return TF_BOOL;
    throw new Error(`it has a tensor of type ${dtype}`);
  }

  /** Random inputs of this many rows. */
  #tidy<T>(rows: number, run: (tensors: readonly Tensor[]) => T): T {
    const { tf, inputs } = this.#parts;
    let result: { readonly value: T } | undefined;
    tf.tidy(() => {
      const tensors = inputs.map(({ dtype, shape }) => {
        const values = Float32Array.from({ length: rows * elementCount(shape) }, () =>
          dtype === 'float32' ? 2 * this.#random() - 1 : Math.floor(2 * this.#random()),
        );
        return tf.tensor(dtype === 'float32' ? values : Array.from(values), [rows, ...shape], dtype);
      });
      result = { value: run(tensors) };
    });
    return (result as { readonly value: T }).value;
  }
}

/** The same numbers each time, from 0 to 1: a linear congruential generator (Numerical Recipes). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
