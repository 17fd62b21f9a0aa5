import { realpath } from 'node:fs/promises';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { BatchOutcome, EngineModel } from '../../../server/contracts/engine.js';
import type { LoadOutcome, ModelSource } from '../../../server/contracts/model-loader.js';
import { InlineEngine } from '../../../server/engine/inline-engine.js';
import { FAULT, runtime } from '../../../server/testing/fault-runtime.js';
import { batchBytes, viewBatch } from '../../../shared/batch-layout.js';
import {
  withFolder,
  writeDynamicGraph,
  writeEinsumGraph,
  writeEmbedding,
  writeGraph,
  writeIdModel,
  writeLinear,
  writeStringGraph,
  writeTwoInputs,
} from '../../support/tiny-models.js';

function sourceOf(folder: string, more: Partial<ModelSource> = {}): ModelSource {
  const none = { runtime: undefined, inputs: [], featuriser: undefined, options: {} };
  return { ref: 'tiny@1', folder, file: 'model.json', ...none, ...more };
}

/** Writes a model, loads it and passes both on. */
async function withModel<T>(
  write: (folder: string) => Promise<unknown>,
  use: (engine: InlineEngine, loading: LoadOutcome) => Promise<T>,
  more: Partial<ModelSource> = {},
): Promise<T> {
  return withFolder(async (root) => {
    const folder = await realpath(root);
    await write(folder);
    const engine = new InlineEngine('wasm', [runtime]);
    const loading = await engine.load(sourceOf(folder, more));
    try {
      return await use(engine, loading);
    } finally {
      await engine.close();
    }
  });
}

function modelOf(loading: LoadOutcome): EngineModel {
  if (!loading.ok) throw new Error(loading.problem);
  return loading.engineModel;
}

/** Runs rows in a fresh buffer; a `text` is the one input of its row. */
function runRows(
  engine: InlineEngine,
  model: EngineModel,
  rows: number,
  inputs: readonly (readonly number[])[],
  texts: readonly string[] = [],
): Promise<BatchOutcome> {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const buffer = new ArrayBuffer(
    batchBytes(
      model,
      rows,
      encoded.reduce((sum, bytes) => sum + bytes.length, 0),
    ),
  );
  const views = viewBatch(model, rows, buffer);
  for (const [index, values] of inputs.entries()) views.inputs[index]?.set(values);
  let offset = 0;
  for (const [row, bytes] of encoded.entries()) {
    views.text?.lengths.set([bytes.length], row);
    views.text?.bytes.set(bytes, offset);
    offset += bytes.length;
  }
  return engine.run(model, { rows, buffer, hangMs: 1000 });
}

function outputsOf(model: EngineModel, rows: number, outcome: BatchOutcome): readonly (readonly number[])[] {
  if (outcome.status !== 'done') throw new Error(outcome.reason);
  return viewBatch(model, rows, outcome.buffer).outputs.map((view) => [...view]);
}

describe('a TensorFlow.js model', () => {
  it('is described by its file, batch dimension left out', async () => {
    await withModel(writeTwoInputs, async (_, loading) => {
      expect(loading).toMatchObject({
        ok: true,
        report: { runtime: 'tfjs-layers', engine: 'tfjs-wasm', why: 'configured' },
      });
      const { inputs, outputs } = modelOf(loading);
      expect(inputs).toEqual([
        { name: 'a', dtype: 'float32', shape: [2] },
        { name: 'b', dtype: 'float32', shape: [1] },
      ]);
      expect(outputs).toEqual([
        { name: 'sum', dtype: 'float32', shape: [1] },
        { name: 'twice', dtype: 'float32', shape: [1] },
      ]);
    });
  });

  it.each([
    ['layers', writeLinear, [[1]], [[3]]],
    ['graph', writeGraph, [[1, 2]], [[21]]],
    ['dynamic graph', writeDynamicGraph, [[1, -2]], [[1, -2]]],
    ['two inputs', writeTwoInputs, [[1, 2], [3]], [[6], [12]]],
  ] as const)(
    'keeps nothing of a batch: its buffer may go away after the run (%s)',
    async (_, write, inputs, expected) => {
      await withModel(write, async (engine, loading) => {
        const model = modelOf(loading);
        const before = engine.stats().numTensors;
        for (let round = 0; round < 5; round++) {
          const outcome = await runRows(engine, model, 1, inputs);
          expect(outputsOf(model, 1, outcome)).toEqual(expected);
          if (outcome.status === 'done') structuredClone(outcome.buffer, { transfer: [outcome.buffer] });
          expect(engine.stats().numTensors).toBe(before);
        }
      });
    },
  );

  it('runs on cpu, and says so, when wasm lacks a kernel it needs; its neighbours stay on wasm', async () => {
    await withModel(writeEinsumGraph, async (engine, loading) => {
      expect(loading).toMatchObject({
        report: {
          engine: 'tfjs-cpu',
          why: "configured; wasm refused it (Kernel 'Einsum' not registered for backend 'wasm')",
        },
      });
      const model = modelOf(loading);
      await withFolder(async (folder) => {
        await writeGraph(folder);
        const other = await engine.load(sourceOf(await realpath(folder)));
        expect(other).toMatchObject({ report: { engine: 'tfjs-wasm' } });
        for (let round = 0; round < 3; round++) {
          expect(outputsOf(model, 1, await runRows(engine, model, 1, [[1, 2]]))).toEqual([[21]]);
          expect(outputsOf(modelOf(other), 1, await runRows(engine, modelOf(other), 1, [[3, 4]]))).toEqual([[43]]);
        }
      });
    });
  });

  it('leaves no tensor behind when it is refused or unloaded', async () => {
    // Another file of the same worker may have left some.
    const { numTensors } = memory();
    await withModel(
      (folder) => writeGraph(folder, []),
      async (engine, loading) => {
        expect(loading.ok).toBe(false);
        expect(engine.stats()).toMatchObject({ models: 0, numTensors });
      },
    );
    await withModel(writeLinear, async (engine, loading) => {
      expect(engine.stats().numTensors).toBe(numTensors + 2);
      engine.unload(modelOf(loading));
      expect((await runRows(engine, modelOf(loading), 1, [[1]])).status).toBe('failed');
      expect(engine.stats()).toMatchObject({ models: 0, numTensors });
    });
  });

  it.each([
    ['no shape at all', (folder: string) => writeGraph(folder, null), {}, 'put "inputs": [{ "name": "x"'],
    ['no batch dimension', (folder: string) => writeGraph(folder, []), {}, '"constants": { "x": 1 }'],
    [
      'a text encoder that the model lacks',
      (folder: string) => writeLinear(folder),
      { featuriser: { name: 'hashed-text-encoder' } } as const,
      'the model does not begin with that layer',
    ],
    ['strings for output', writeStringGraph, {}, 'output "y" has dtype string, expected float32, int32 or bool'],
    [
      'a manifest of other shape',
      writeGraph,
      { inputs: [{ name: 'x', dtype: 'float32', shape: [3] }] } as const,
      'manifest.json gives input "x" the shape [3], the model takes [2]',
    ],
    [
      'a manifest of other dtype',
      writeGraph,
      { inputs: [{ name: 'x', dtype: 'int32', shape: [2] }] } as const,
      'as int32, the model takes float32',
    ],
    [
      'a manifest of other names',
      writeGraph,
      { inputs: [{ name: 'z', dtype: 'float32', shape: [2] }] } as const,
      'has an input "z", the model\'s inputs are "x"',
    ],
    ['another runtime than its manifest says', writeGraph, { runtime: 'tfjs-layers' }, 'model.json is of tfjs-graph'],
    [
      'a runtime that nobody brought',
      writeGraph,
      { runtime: 'magic' },
      'runtime "magic" is not known here; known are tfjs-layers, tfjs-graph, saved-model, fault',
    ],
  ])('is refused in one line with %s', async (_, write, more, expected) => {
    const loading = await withModel(write, async (_engine, outcome) => outcome, more);
    expect(loading.ok ? 'nothing' : loading.problem).toContain(expected);
  });

  it('takes the sizes that its file leaves open from the manifest', async () => {
    const inputs = [
      { name: 'ids', dtype: 'int32', shape: [2] },
      { name: 'weights', dtype: 'float32', shape: [2] },
    ] as const;
    await withModel(
      (folder) => writeEmbedding(folder, 8, null),
      async (engine, loading) => {
        const model = modelOf(loading);
        expect(
          outputsOf(
            model,
            2,
            await runRows(engine, model, 2, [
              [1, 3, 5, 7],
              [1, 1, 1, 2],
            ]),
          ),
        ).toEqual([[4, -4, 19, -19]]);
      },
      { inputs },
    );
  });

  it('takes texts as ids of a vocabulary', async () => {
    const words = ['', '\u0001unknown', 'good', 'not'];
    const featuriser = { name: 'vocabulary-ids', words, length: 3, padding: 0, unknown: 1 } as const;
    await withModel(
      (folder) => writeIdModel(folder, 4, 3),
      async (engine, loading) => {
        const model = modelOf(loading);
        expect(model.inputs).toEqual([{ name: 'text', dtype: 'string', shape: [] }]);
        const outcome = await runRows(engine, model, 2, [], ['Not so good', 'good']);
        expect(outputsOf(model, 2, outcome)).toEqual([[30, 10, 20, 20, 0, 0]]);
      },
      { featuriser },
    );
  });

  it('takes texts through its featuriser, whatever else is in the batch', async () => {
    const featuriser = { name: 'hashed-ngrams', buckets: 16, length: 4, maxTokens: 4, minWordLength: 3 } as const;
    await withModel(
      (folder) => writeEmbedding(folder, 16, 4),
      async (engine, loading) => {
        const model = modelOf(loading);
        expect(model.inputs).toEqual([{ name: 'text', dtype: 'string', shape: [] }]);
        const texts = ['a fine day', '', 'näïve \u{1f600} words', 'rain'];
        const together = outputsOf(model, 4, await runRows(engine, model, 4, [], texts))[0];
        for (const [row, text] of texts.entries()) {
          const alone = outputsOf(model, 1, await runRows(engine, model, 1, [], [text]))[0];
          expect(together?.slice(2 * row, 2 * row + 2)).toEqual(alone);
        }
        expect(new Set(together).size).toBeGreaterThan(2);
      },
      { featuriser },
    );
  });
});

describe('a runtime of a module', () => {
  it('fails on the row that asks for it, and answers the next batch', async () => {
    await withModel(
      async () => undefined,
      async (engine, loading) => {
        const model = modelOf(loading);
        expect(await runRows(engine, model, 2, [[1, 0, 2, FAULT.throw]])).toEqual({
          status: 'failed',
          reason: 'row 1 asked for an error',
        });
        expect(outputsOf(model, 2, await runRows(engine, model, 2, [[1, 0, 2, 0]]))).toEqual([[2, 4]]);
      },
      { runtime: 'fault' },
    );
  });

  it('refuses options it does not understand', async () => {
    const loading = await withModel(
      async () => undefined,
      async (_, outcome) => outcome,
      { runtime: 'fault', options: { batchMs: 'long' } },
    );
    expect(loading).toEqual({ ok: false, problem: 'options.batchMs must be a number of milliseconds, 0 or more' });
  });
});
