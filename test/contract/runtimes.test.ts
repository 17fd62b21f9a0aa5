import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BackendChoice } from '../../server/engine/backend/names.js';
import { tfjsRuntime } from '../../server/engine/tfjs/tfjs-runtime.js';
import { runtime as faultRuntime } from '../../server/testing/fault-runtime.js';
import { type RuntimeUnderTest, runtimeContract } from '../../server/testing/runtime-contract.js';
import { writeLinear } from '../support/tiny-models.js';

/** A folder with a model of one number, y = 2x + 1, beside an empty folder. */
const root = await mkdtemp(join(tmpdir(), 'tickcast-runtime-'));
const [folder, emptyFolder] = [join(root, 'linear'), join(root, 'empty')];
await writeLinear(folder, 2, 1);
await mkdir(emptyFolder);
afterAll(() => rm(root, { recursive: true }));

describe.each(['wasm', 'cpu'] satisfies BackendChoice[])(
  'the contract of a runtime: TensorFlow.js on %s',
  (backend) => {
    const right = ([x = 0]: readonly number[]): readonly number[] => [2 * x + 1];
    // Its models need no `runtime` in their manifests.
    const source = { folder, runtime: undefined };
    for (const { name, run } of runtimeContract({
      runtime: tfjsRuntime({ backend, graphCapture: true }),
      source,
      emptyFolder,
      right,
    }))
      test(name, run);
  },
);

const FAULT: RuntimeUnderTest = { runtime: faultRuntime, source: { folder } };

describe('the contract of a runtime: one that reads no file', () => {
  for (const { name, run } of runtimeContract({ ...FAULT, right: ([x = 0]) => [2 * x] })) test(name, run);
});

test('the list has no case without what it needs, and one more for each that is given', () => {
  const namesOf = (changes: Partial<RuntimeUnderTest>): readonly string[] =>
    runtimeContract({ ...FAULT, ...changes }).map(({ name }) => name);
  const least = namesOf({});
  const memory = () => ({ numTensors: 0, numBytes: 0 });
  const more = (changes: Partial<RuntimeUnderTest>): readonly string[] =>
    namesOf(changes).filter((name) => !least.includes(name));

  expect(least).not.toContain('answers what is right');
  expect(more({ right: () => [0] })).toEqual(['answers what is right']);
  expect(more({ emptyFolder: folder })).toEqual([
    'says in one line what is wrong with a folder that holds no such model',
  ]);
  expect(more({ runtime: { ...faultRuntime, memory } })).toEqual([
    'holds nothing more after a hundred runs, nor after a session that was opened and disposed of',
  ]);
});
