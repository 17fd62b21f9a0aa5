import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import type { ModelSource } from '../../server/contracts/model-loader.js';
import type { Runtime } from '../../server/contracts/runtime.js';
import type { BackendChoice } from '../../server/engine/backend/names.js';
import { tfjsRuntime } from '../../server/engine/tfjs/tfjs-runtime.js';
import { runtime as faultRuntime } from '../../server/testing/fault-runtime.js';
import { type RuntimeUnderTest, runtimeContract } from '../../server/testing/runtime-contract.js';
import { writeLinear } from '../support/tiny-models.js';

/** A folder with a model of one number, y = 2x + 1, beside an empty folder. */
async function openOn(runtime: Runtime, changes: Partial<ModelSource> = {}): Promise<RuntimeUnderTest> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'tickcast-runtime-')));
  const [folder, emptyFolder] = [join(root, 'linear'), join(root, 'empty')];
  await writeLinear(folder, 2, 1);
  await mkdir(emptyFolder);
  const source = { ref: 'linear@1', folder, file: 'model.json', runtime: undefined, inputs: [], options: {} };
  return {
    runtime,
    source: { ...source, featuriser: undefined, ...changes },
    emptyFolder,
    right: ([x = 0]) => [2 * x + (changes.runtime === undefined ? 1 : 0)],
    close: () => rm(root, { recursive: true }),
  };
}

describe.each(['wasm', 'cpu'] satisfies BackendChoice[])(
  'the contract of a runtime: TensorFlow.js on %s',
  (backend) => {
    for (const { name, run } of runtimeContract(() => openOn(tfjsRuntime(backend)))) test(name, run);
  },
);

describe('the contract of a runtime: one that reads no file', () => {
  const open = async (): Promise<RuntimeUnderTest> => {
    const { emptyFolder: _, ...under } = await openOn(faultRuntime, { runtime: 'fault' });
    return under;
  };
  for (const { name, run } of runtimeContract(open)) test(name, run);
});
