/** Opens sessions as the hub does, and runs rows on them. */

import { join } from 'node:path';
import type { BatchViews, ModelSession, ModelSource, SessionOpening } from 'tickcast';
import { elementCount } from 'tickcast/protocol';
import { runtime } from '../../src/index.js';
import { withFolder, writeFileIn } from './onnx-models.js';
import { type Model, writeOnnx } from './onnx-writer.js';

export type Changes = Partial<ModelSource>;

/** The model `model.onnx` of a folder, read and opened. */
export async function openFolder(folder: string, changes: Changes = {}): Promise<SessionOpening> {
  const source = {
    ref: 'model@1',
    folder,
    file: 'model.onnx',
    runtime: 'onnx',
    inputs: [],
    featuriser: undefined,
    options: {},
    ...changes,
  };
  const reading = await runtime.readFiles?.(source);
  if (reading === undefined || !reading.ok) return reading ?? { ok: false, problem: 'it reads no files' };
  return runtime.openSession({ ...source, files: structuredClone(reading.files) });
}

export function openModel(model: Model | Uint8Array, changes: Changes = {}): Promise<SessionOpening> {
  return withFolder(async (folder) => {
    await writeFileIn(join(folder, 'model.onnx'), model instanceof Uint8Array ? model : writeOnnx(model));
    return openFolder(folder, changes);
  });
}

/** The problem in one line, without the name of the file. */
export async function problemOf(model: Model | Uint8Array, changes: Changes = {}): Promise<string> {
  const opening = await openModel(model, changes);
  if (!opening.ok) return opening.problem.replace(/^model\.onnx: /, '');
  opening.session.dispose();
  return 'it is opened';
}

/** Opens a model that must be good, for the callback. */
export async function withSession<T>(
  model: Model | Uint8Array,
  changes: Changes,
  use: (session: ModelSession) => Promise<T>,
): Promise<T> {
  const opening = await openModel(model, changes);
  if (!opening.ok) throw new Error(opening.problem);
  try {
    return await use(opening.session);
  } finally {
    opening.session.dispose();
  }
}

/**
 * The elements of each output.
 *
 * @param inputs elements of all rows, by input, or the texts
 * @param sizes of the run, where the model leaves them open
 */
export async function answers(
  session: ModelSession,
  rows: number,
  inputs: readonly (readonly number[] | readonly string[])[],
  sizes: readonly number[] = [],
): Promise<readonly (readonly number[])[]> {
  const { inputs: specs, outputs } = session.describe();
  const texts = inputs.find((values): values is readonly string[] => typeof values[0] === 'string');
  const encoded = texts?.map((text) => new TextEncoder().encode(text));
  const views: BatchViews = {
    inputs: specs.map(({ dtype }, index) => {
      const values = (inputs[index] ?? []) as readonly number[];
      if (dtype === 'float32') return Float32Array.from(values);
      return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(dtype === 'string' ? [] : values);
    }),
    outputs: outputs.map(({ dtype, shape }) => {
      const length = rows * elementCount(shape.map((size) => (size < 0 ? (sizes[-size - 1] ?? 0) : size)));
      if (dtype === 'float32') return new Float32Array(length);
      return dtype === 'int32' ? new Int32Array(length) : new Uint8Array(length);
    }),
    text: encoded && {
      lengths: Uint32Array.from(encoded, ({ length }) => length),
      bytes: new Uint8Array(Buffer.concat(encoded)),
    },
  };
  await session.run(views, rows, sizes);
  return views.outputs.map((array) => [...array]);
}
