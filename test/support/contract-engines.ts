/** The engines for the contract, each with two versions of a model: one number in, one out. */

import { join } from 'node:path';
import { systemClock } from '../../server/app/system-clock.js';
import type { Engine, EngineModel, PackedBatch } from '../../server/contracts/engine.js';
import type { ModelLoader } from '../../server/contracts/model-loader.js';
import { ModelRegistry } from '../../server/models/registry.js';
import { findModels } from '../../server/models/repository.js';
import { PuppetEngine } from '../../server/testing/puppet-engine.js';
import { wireError } from '../../shared/errors.js';
import type { ContractModels } from './contract-hub.js';
import { makeModel } from './core.js';
import { withFolder, writeLinear } from './tiny-models.js';

export interface ContractEngine {
  readonly engine: Engine;
  readonly models: ContractModels;
  /** The result of `linear@version` for a number. */
  expected(version: string, x: number): number;
  close(): Promise<void>;
}

/** Weights and biases that float32 holds exactly, so that answers to small integers are exact too. */
const LINEAR: Readonly<Record<string, readonly [number, number]>> = { '1': [2, 1], '2': [-4, 0.5] };

/** Loads `linear@1` and `linear@2` into an engine of TensorFlow.js sessions. */
export async function loadLinear(engine: ModelLoader, close: () => Promise<void>): Promise<ContractEngine> {
  return withFolder(async (folder) => {
    for (const [version, [weight, bias]] of Object.entries(LINEAR))
      await writeLinear(join(folder, 'linear', version), weight, bias);
    const registry = new ModelRegistry({ engine, clock: systemClock, maxTextLength: 1000 });
    const found = await findModels(folder);
    if (!found.ok) throw new Error(found.problem);
    for (const model of found.models) {
      const loaded = await registry.load(model);
      if (!loaded.ok) throw new Error(loaded.problem);
    }
    const all = registry.list().flatMap(({ model }) => model ?? []);
    const expected = (version: string, x: number): number => {
      const [weight, bias] = LINEAR[version] ?? [Number.NaN, Number.NaN];
      return weight * x + bias;
    };
    return { engine, models: { all, resolve: (reference) => registry.resolve(reference) }, expected, close };
  });
}

/** A puppet engine whose batches finish by themselves. It doubles, whatever the version. */
export async function openPuppet(): Promise<ContractEngine> {
  const puppet = new PuppetEngine();
  const engine: Engine = {
    slots: 1,
    run: (model: EngineModel, batch: PackedBatch) => {
      const run = puppet.run(model, batch);
      void puppet.finish();
      return run;
    },
  };
  const all = Object.keys(LINEAR).map((version, handle) => {
    const { spec, engineModel, ...rest } = makeModel('linear');
    return { spec: { ...spec, version, ref: `linear@${version}` }, engineModel: { ...engineModel, handle }, ...rest };
  });
  const resolve: ContractModels['resolve'] = (reference = 'linear@2') =>
    all.findLast(({ spec }) => spec.ref === reference || spec.name === reference) ??
    wireError('MODEL_NOT_FOUND', `there is no model ${reference}; there is linear`);
  return { engine, models: { all, resolve }, expected: (_version, x) => 2 * x, close: async () => undefined };
}
