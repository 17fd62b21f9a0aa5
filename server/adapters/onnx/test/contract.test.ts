import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runtimeContract } from 'tickcast/testing';
import { afterAll, describe, test } from 'vitest';
import { runtime } from '../src/index.js';
import { identity, isYes, linear, unknownOutput, writeFileIn, writeOnnx } from './support/onnx-models.js';

const root = await mkdtemp(join(tmpdir(), 'tickcast-onnx-'));
const emptyFolder = join(root, 'empty');
await mkdir(emptyFolder);
afterAll(() => rm(root, { recursive: true }));

const twicePlusOne = ([x = 0]: readonly number[]): readonly number[] => [2 * x + 1];
const same = (row: readonly number[]): readonly number[] => row;
/** Of the UTF-8 bytes of a text. */
const yes = (bytes: readonly number[]): readonly number[] => [String.fromCharCode(...bytes) === 'yes' ? 1 : 0];

const MODELS = [
  ['y = 2x + 1', linear(), twicePlusOne],
  ['y = 2x + 1 with its batch fixed at 1', linear(1), twicePlusOne],
  ['int64', identity('int64'), same],
  ['float16', identity('float16'), same],
  ['uint8', identity('uint8'), same],
  ['bool', identity('bool'), same],
  ['a text', isYes(), yes],
  ['an output whose shape a run tells', unknownOutput(), ([a = 0, b = 0]: readonly number[]) => [a, b, a, b]],
] as const;

describe.each(['node', 'wasm'])('the contract of a runtime: ONNX Runtime, engine %s', (engine) => {
  describe.each(MODELS)('%s', (title, model, right) => {
    const folder = join(root, title.replaceAll(/\W/g, '-'));
    const written = writeFileIn(join(folder, 'model.onnx'), writeOnnx(model));
    const source = { folder, file: 'model.onnx', options: { engine } };
    for (const { name, run } of runtimeContract({ runtime, source, emptyFolder, right }))
      test(name, async () => {
        await written;
        await run();
      });
  });
});
