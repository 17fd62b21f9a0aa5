/** The engine over real threads, from the built files: answers, faults, leaks. */

import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../dist/server/app/system-clock.js';
import type { EngineEvent } from '../../dist/server/contracts/engine-events.js';
import { type BackendProbe, probeBackend } from '../../dist/server/engine/backend/backend-probe.js';
import { WorkerEngine, type WorkerEngineOptions } from '../../dist/server/engine/worker-engine.js';
import { ModelRegistry } from '../../dist/server/models/registry.js';
import { findModels } from '../../dist/server/models/repository.js';
import { FAULT, faultRuntimeModule } from '../../dist/server/testing/fault-runtime.js';
import { batchBytes, viewBatch } from '../../dist/shared/batch-layout.js';
import {
  mlp,
  seededNumbers,
  withFolder,
  writeDynamicGraph,
  writeGraph,
  writeJson,
  writeLinear,
  writeMlp,
  writeTwoInputs,
} from '../support/tiny-models.js';

const native: BackendProbe = await probeBackend('native');
const backends = native.available ? (['wasm', 'native'] as const) : (['wasm'] as const);
const engines: WorkerEngine[] = [];

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

function open(options: Partial<WorkerEngineOptions> = {}): {
  readonly engine: WorkerEngine;
  readonly events: EngineEvent[];
} {
  const events: EngineEvent[] = [];
  const engine = new WorkerEngine({
    clock: systemClock,
    backend: 'wasm',
    onEvent: (event) => events.push(event),
    ...options,
  });
  engines.push(engine);
  return { engine, events };
}

/** Loads all models of a folder through a registry. */
async function loadAll(engine: WorkerEngine, folder: string) {
  const registry = new ModelRegistry({ engine, clock: systemClock, maxTextLength: 1000 });
  const found = await findModels(folder);
  if (!found.ok) throw new Error(found.problem);
  for (const model of found.models) {
    const loaded = await registry.load(model);
    if (!loaded.ok) throw new Error(loaded.problem);
  }
  return (reference: string) => {
    const model = registry.resolve(reference);
    if ('code' in model) throw new Error(model.message);
    return model.engineModel;
  };
}

type Model = Awaited<ReturnType<Awaited<ReturnType<typeof loadAll>>>>;

/** Runs rows given one array per input; returns the outputs, or how the run ended. */
async function run(
  engine: WorkerEngine,
  model: Model,
  rows: number,
  inputs: readonly (readonly number[])[],
  hangMs = 5000,
) {
  const buffer = new ArrayBuffer(batchBytes(model, rows, 0));
  const views = viewBatch(model, rows, buffer);
  for (const [index, values] of inputs.entries()) views.inputs[index]?.set(values);
  const outcome = await engine.run(model, { rows, buffer, hangMs });
  if (outcome.status !== 'done') return { status: outcome.status, reason: outcome.reason, outputs: [] };
  return {
    status: outcome.status,
    reason: '',
    outputs: viewBatch(model, rows, outcome.buffer).outputs.map((view) => [...view]),
  };
}

async function writeFault(folder: string, options: object = {}): Promise<void> {
  await writeJson(join(folder, 'fault', '1', 'manifest.json'), { runtime: 'fault', options });
}

const runtimeModules = [faultRuntimeModule];

describe.each(backends)('models in a thread, on %s', (backend) => {
  it('answers as the weights say, for every kind of model side by side', async () => {
    await withFolder(async (folder) => {
      await writeLinear(join(folder, 'linear', '1'), 3, 0.5);
      const weights = await writeMlp(join(folder, 'mlp', '1'), [4, 8, 3]);
      await writeGraph(join(folder, 'graph', '1'));
      await writeDynamicGraph(join(folder, 'dynamic', '1'));
      await writeTwoInputs(join(folder, 'two', '1'));
      const { engine } = open({ backend });
      const model = await loadAll(engine, folder);

      expect((await run(engine, model('linear'), 2, [[1, -2]])).outputs).toEqual([[3.5, -5.5]]);
      expect((await run(engine, model('graph'), 2, [[1, 2, 3, 4]])).outputs).toEqual([[21, 43]]);
      expect((await run(engine, model('dynamic'), 2, [[1, -2, 3, 4]])).outputs).toEqual([[1, -2, 3, 4]]);
      expect(
        (
          await run(engine, model('two'), 2, [
            [1, 2, 3, 4],
            [10, 20],
          ])
        ).outputs,
      ).toEqual([
        [13, 27],
        [26, 54],
      ]);
      const rows = Array.from({ length: 40 }, (_, row) => seededNumbers(4, 7 + row));
      const { outputs } = await run(engine, model('mlp'), 40, [rows.flat()]);
      const expected = rows.flatMap((row) => mlp(weights, row));
      expect(outputs[0]?.length).toBe(120);
      for (const [index, value] of expected.entries()) expect(outputs[0]?.[index]).toBeCloseTo(value, 5);
    });
  });

  it('holds as many tensors after a thousand batches as after the first', async () => {
    await withFolder(async (folder) => {
      await writeMlp(join(folder, 'mlp', '1'), [4, 8, 3]);
      await writeDynamicGraph(join(folder, 'dynamic', '1'));
      const { engine } = open({ backend });
      const model = await loadAll(engine, folder);
      const [before] = await engine.stats();
      for (let i = 0; i < 1000; i++) {
        await run(engine, model('mlp'), 1 + (i % 8), [[]]);
        await run(engine, model('dynamic'), 1 + (i % 8), [[]]);
      }
      expect(before?.numTensors).toBeGreaterThan(0);
      expect(await engine.stats()).toEqual([before]);
      engine.unload(model('mlp'));
      engine.unload(model('dynamic'));
      expect((await engine.stats())[0]).toMatchObject({ models: 0, numTensors: 0 });
    });
  });
});

describe('a thread that fails', () => {
  it.each(backends)(
    'loses the batch that ends it, and its replacement answers the next with every model in it (%s)',
    async (backend) => {
      await withFolder(async (folder) => {
        await writeFault(folder);
        await writeLinear(join(folder, 'linear', '1'));
        const { engine, events } = open({ runtimeModules, backend });
        const model = await loadAll(engine, folder);
        for (let round = 0; round < 3; round++) {
          const lost = run(engine, model('fault'), 2, [[1, 0, 2, FAULT.exit]]);
          expect(await lost).toMatchObject({ status: 'lost', reason: expect.stringContaining('exited with code 1') });
          expect((await run(engine, model('fault'), 1, [[4, 0]])).outputs).toEqual([[8]]);
          expect((await run(engine, model('linear'), 1, [[4]])).outputs).toEqual([[9]]);
        }
        expect(events.filter(({ type }) => type === 'thread-lost').length).toBe(3);
        expect(engine.healthy).toBe(true);
      });
    },
  );

  it('is replaced at once when a batch hangs, without waiting for its end', async () => {
    await withFolder(async (folder) => {
      await writeFault(folder);
      const { engine, events } = open({ runtimeModules });
      const model = await loadAll(engine, folder);
      const hung = await run(engine, model('fault'), 1, [[1, FAULT.hang]], 100);
      expect(hung).toMatchObject({ status: 'lost', reason: expect.stringContaining('took longer than 100 ms') });
      expect((await run(engine, model('fault'), 1, [[4, 0]])).outputs).toEqual([[8]]);
      expect(events.map(({ type }) => type)).toEqual([
        'thread-started',
        'thread-ready',
        'thread-ready',
        'thread-lost',
        'thread-started',
        'thread-ready',
      ]);
    });
  });

  it('stays when the model only throws', async () => {
    await withFolder(async (folder) => {
      await writeFault(folder);
      const { engine, events } = open({ runtimeModules });
      const model = await loadAll(engine, folder);
      const failed = await run(engine, model('fault'), 1, [[1, FAULT.throw]]);
      expect(failed).toMatchObject({ status: 'failed', reason: 'row 0 asked for an error' });
      expect((await run(engine, model('fault'), 1, [[4, 0]])).outputs).toEqual([[8]]);
      expect(events.some(({ type }) => type === 'thread-lost')).toBe(false);
    });
  });

  it('takes batches that came while it was being replaced, and runs two at a time with two threads', async () => {
    await withFolder(async (folder) => {
      await writeFault(folder);
      const { engine } = open({ runtimeModules, threads: 2 });
      expect(engine.slots).toBe(2);
      const model = await loadAll(engine, folder);
      const ends = await Promise.all([
        run(engine, model('fault'), 1, [[1, FAULT.exit]]),
        run(engine, model('fault'), 1, [[1, FAULT.exit]]),
      ]);
      expect(ends.map(({ status }) => status)).toEqual(['lost', 'lost']);
      const answers = await Promise.all([1, 2, 3].map((x) => run(engine, model('fault'), 1, [[x, 0]])));
      expect(answers.map(({ outputs }) => outputs)).toEqual([[[2]], [[4]], [[6]]]);
    });
  });
});

describe('what cannot start', () => {
  it('says which module of a runtime is at fault', async () => {
    const { engine } = open({ runtimeModules: ['file:///nowhere/runtime.js'] });
    expect(await engine.start()).toMatchObject({
      ok: false,
      problem: expect.stringContaining('file:///nowhere/runtime.js'),
    });
    expect(engine.healthy).toBe(false);
    await engine.close();
    await engine.close();
  });
});
