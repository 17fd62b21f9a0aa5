/**
 * Runs one model on one build of ONNX Runtime: the batch's views in, tensors, outputs back into the views. Knows no
 * files and no threads.
 */

import type { BatchViews, ModelSession, SessionDescription } from 'tickcast';
import type { TensorArray, TensorSpec } from 'tickcast/protocol';
import type { ElementArray } from '../dtypes.js';
import { type Engine, FATAL_ONLY, type InferenceSession, type Tensor } from '../engine/engine.js';
import { Feed, type RunInputs } from './feed.js';
import { isOpen, PROBE_SIZES, sizeOfBoth, sizesAt } from './open-sizes.js';
import { isTrap, ortWords } from './ort-problem.js';
import type { SettledInputs } from './settle-inputs.js';
import type { KeptOutput } from './settle-outputs.js';

export interface OnnxSessionParts {
  readonly engine: Engine;
  readonly session: InferenceSession;
  readonly inputs: SettledInputs;
  readonly outputs: readonly KeptOutput[];
  readonly why: string;
}

const QUIET = { logSeverityLevel: FATAL_ONLY } as const;

/** The outputs' shapes are learned from runs with these numbers of rows: two, to tell other dimensions from the batch's. */
const PROBE_ROWS = [2, 3] as const;
const PROBE_TEXT = 'text';
export class OnnxSession implements ModelSession {
  readonly #engine: Engine;
  readonly #session: InferenceSession;
  readonly #inputs: SettledInputs;
  readonly #outputs: readonly KeptOutput[];
  readonly #why: string;
  readonly #feed: Feed;
  /** True when ONNX Runtime can write outputs where they belong. */
  readonly #fills: boolean;
  #specs: readonly TensorSpec[] = [];

  constructor({ engine, session, inputs, outputs, why }: OnnxSessionParts) {
    this.#engine = engine;
    this.#session = session;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#why = why;
    this.#feed = new Feed(engine.ort.Tensor, inputs);
    this.#fills = engine.fillsOutputs;
  }

  describe(): SessionDescription {
    const inputs = this.#inputs.given.map(({ spec }) => spec);
    return { inputs, outputs: this.#specs, engine: `onnx-${this.#engine.name}`, why: this.#why, runtime: 'onnx' };
  }

  async run(views: BatchViews, rows: number, sizes: readonly number[] = []): Promise<void> {
    const inputs = this.#feed.read(views, rows);
    if (!this.#inputs.isSingle) return this.#run(inputs, views.outputs, rows, sizes);
    for (let row = 0; row < rows; row++) {
      const outputs = views.outputs.map((array) => {
        const size = array.length / rows;
        return array.subarray(row * size, (row + 1) * size);
      });
      await this.#run(this.#feed.row(inputs, row, rows), outputs, 1, sizes);
    }
  }

  dispose(): void {
    this.#session.release().catch(() => undefined);
  }

  /** Learns the outputs' specs. Returns what is wrong with the model, or undefined. */
  async probe(): Promise<string | undefined> {
    if (!this.#inputs.given.some(({ sizes }) => isOpen(sizes))) return this.#probe([], []);
    let failure: unknown;
    for (const [small, large] of PROBE_SIZES) {
      try {
        return await this.#probe(small, large);
      } catch (cause) {
        if (isTrap(cause)) throw cause;
        // Models have least sizes of their own.
        failure ??= cause;
      }
    }
    throw failure;
  }

  async #probe(small: readonly number[], large: readonly number[]): Promise<string | undefined> {
    const [few, more] = this.#inputs.isSingle ? ([1, 1] as const) : PROBE_ROWS;
    const [first, second] = [await this.#probeRun(few, small), await this.#probeRun(more, large)];
    const specs: TensorSpec[] = [];
    for (const { name, carrier } of this.#outputs) {
      const [rows, ...sizes] = first[name]?.dims ?? [];
      const again = second[name]?.dims ?? [];
      const known = sizes.map((size, axis) => sizeOfBoth(size, again[axis + 1], small, large));
      const shape = known.flatMap((size) => size ?? []);
      if (rows !== few || again[0] !== more || again.length !== sizes.length + 1 || shape.length < known.length) {
        const shown = `[${(first[name]?.dims ?? []).join(', ')}]`;
        const others =
          few === more ? `${shown} for one row` : `${shown} for ${few} rows and [${again.join(', ')}] for ${more}`;
        return `output "${name}" has shape ${others}; its first dimension must be the batch, the others fixed or a size of an input${this.#outputs.length > 1 ? '; "options": { "outputs": [...] } in manifest.json names those to serve' : ''}`;
      }
      if (shape.includes(0)) return `output "${name}" has shape [${shape.join(', ')}] a row: it gives nothing`;
      specs.push({ name, dtype: carrier.dtype, shape });
    }
    this.#specs = specs;
    return undefined;
  }

  /** On zeros; on ones where the model does not take zeros. */
  async #probeRun(rows: number, sizes: readonly number[]): Promise<Readonly<Record<string, Tensor>>> {
    const names = this.#outputs.map(({ name }) => name);
    try {
      const zeros = this.#feed.tensors(this.#feed.madeUp(rows, sizes, 0, PROBE_TEXT), rows, sizes);
      return await this.#session.run(zeros, names, QUIET);
    } catch (cause) {
      const ones = this.#feed.tensors(this.#feed.madeUp(rows, sizes, 1, PROBE_TEXT), rows, sizes);
      return this.#session.run(ones, names, QUIET).catch(() => {
        throw cause;
      });
    }
  }

  async #run(
    inputs: RunInputs,
    targets: readonly TensorArray[],
    rows: number,
    sizes: readonly number[],
  ): Promise<void> {
    const { Tensor } = this.#engine.ort;
    const fetches: Record<string, Tensor | null> = {};
    for (const [index, { name, type, carrier }] of this.#outputs.entries()) {
      const target = targets[index];
      const fills = this.#fills && carrier.direct && target !== undefined;
      fetches[name] = fills
        ? new Tensor(type, target as Float32Array, [rows, ...sizesAt(this.#specs[index]?.shape ?? [], sizes)])
        : null;
    }
    const feeds = this.#feed.tensors(inputs, rows, sizes);
    const results = await this.#session.run(feeds, fetches, QUIET).catch((cause: unknown) => {
      throw isTrap(cause) ? cause : new Error(ortWords(cause));
    });
    for (const [index, { name, carrier }] of this.#outputs.entries()) {
      const target = targets[index];
      if (fetches[name] !== null || target === undefined) continue;
      const data = results[name]?.data as ElementArray | undefined;
      if (data?.length !== target.length)
        throw new Error(`output "${name}" has ${data?.length ?? 'no'} elements, expected ${target.length}`);
      carrier.decode(data, target, { name, rowElements: target.length / rows });
    }
  }
}
