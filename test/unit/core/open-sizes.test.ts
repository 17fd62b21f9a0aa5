import { expect, test } from 'vitest';
import type { ReadyModel } from '../../../server/contracts/model.js';
import { ModelQueue } from '../../../server/core/batches/model-queue.js';
import { fitted as fittedAt, openSizes } from '../../../server/core/requests/open-sizes.js';
import { sized } from '../../../server/models/sized-models.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import type { InputSpec, TensorSpec } from '../../../shared/tensor.js';

const STEPS: InputSpec = { name: 'x', dtype: 'float32', shape: [-1, 2] };
const IMAGE: InputSpec = { name: 'x', dtype: 'float32', shape: [-1, -2, 3] };
const FIXED: InputSpec = { name: 'f', dtype: 'float32', shape: [2] };
const OUTPUT: TensorSpec = { name: 'y', dtype: 'float32', shape: [-1, 4] };

function modelOf(inputs: readonly InputSpec[], most = 100): ReadyModel {
  const spec = { name: 'm', version: '1', ref: 'm@1', inputs, outputs: [OUTPUT], labels: undefined, maxTextLength: 10 };
  const engineModel = { handle: 7, inputs, outputs: [OUTPUT] };
  const warmUp = { overheadMs: 1, rowMs: 2, byteMs: 0 };
  return sized({ spec, engineModel, engine: 'e', warmUp }, { most, padding: undefined });
}

const fitted = (input: unknown, model: ReadyModel) => {
  if (model.at === undefined) throw new Error('no size is open');
  return fittedAt(input, model, model.at, 1024);
};

test.each<[string, unknown, readonly InputSpec[], readonly number[] | undefined]>([
  [
    'one row of numbers',
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    [STEPS],
    [3],
  ],
  ['a batch of numbers', [[[1, 2]], [[3, 4]]], [STEPS], [1]],
  [
    'an image',
    [
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    ],
    [IMAGE],
    [1, 2],
  ],
  ['bare bytes', new Float32Array(8), [STEPS], [4]],
  ['bare bytes of two open sizes', new Float32Array(12), [IMAGE], undefined],
  ['tagged bytes of one row', { dtype: 'float32', shape: [5, 2], data: new Uint8Array(40) }, [STEPS], [5]],
  ['tagged bytes of a batch', { dtype: 'float32', shape: [3, 5, 2], data: new Uint8Array(120) }, [STEPS], [5]],
  ['a list of bytes', [new Float32Array(6)], [STEPS], [3]],
  ['named inputs', { f: [1, 2], x: [[1, 2]] }, [FIXED, STEPS], [1]],
  ['nothing', [], [STEPS], undefined],
  ['no size', 'a text', [STEPS], undefined],
  ['a size that is none', { dtype: 'float32', shape: ['5', 2], data: new Uint8Array(40) }, [STEPS], undefined],
])('the sizes of %s', (_, input, inputs, right) => {
  expect(openSizes(input, { inputs })).toEqual(right);
});

test('a model at a size has specs and a cost of that size, one handle, and is the same for the same size', () => {
  const model = modelOf([STEPS]);
  const fit = fitted(
    [
      [1, 2],
      [3, 4],
    ],
    model,
  );
  if ('code' in fit) throw new Error(fit.message);
  expect(fit.model.spec).toMatchObject({ inputs: [{ shape: [2, 2] }], outputs: [{ shape: [2, 4] }], base: model.spec });
  expect(fit.model.engineModel).toMatchObject({ handle: 7, sizes: [2] });
  expect(fit.model.warmUp.rowMs).toBeCloseTo((2 * 2) / 32, 9);
  expect(
    fitted(
      [
        [5, 6],
        [7, 8],
      ],
      model,
    ),
  ).toMatchObject({ model: fit.model });
});

test('a size beyond the most is refused, and a form without one', () => {
  expect(fitted(new Float32Array(2 * 101), modelOf([STEPS]))).toMatchObject({
    code: 'TOO_LARGE',
    message: 'input has size 101, m@1 takes 100; send less, or raise limits.maxSize in its manifest.json',
  });
  expect(fitted([1, 2], modelOf([STEPS]))).toMatchObject({ code: 'INVALID_INPUT' });
  expect(fitted([], modelOf([STEPS]))).toMatchObject({ code: 'INVALID_INPUT' });
});

test('of many sizes the oldest are forgotten, and come again', () => {
  const model = modelOf([STEPS], 10_000);
  const first = fitted(new Float32Array(2), model);
  for (let size = 2; size <= 300; size++) fitted(new Float32Array(2 * size), model);
  expect(fitted(new Float32Array(2), model)).not.toBe(first);
  expect(fitted(new Float32Array(2), model)).toMatchObject({ model: { engineModel: { sizes: [1] } } });
});

test('queues of one model at several sizes share its limits', () => {
  const model = modelOf([STEPS]);
  const options = { tickMs: 0, maxBatchMs: 50, maxBatchRows: 10, maxQueueRows: 100, maxArenaBytes: 1000 };
  const queues: ModelQueue[] = [];
  for (const size of [1, 5]) {
    const fit = fitted(new Float32Array(2 * size), model);
    if ('code' in fit) throw new Error(fit.message);
    queues.push(new ModelQueue(fit.model, options, 1, new ManualClock(), () => queues));
  }
  const [short, long] = queues;
  // A row of one step has 8 bytes, one of five has 40.
  expect([short?.freeRows(), long?.freeRows()]).toEqual([100, 25]);
  const slot = long?.arena.allocate(20) ?? -1;
  expect([short?.freeRows(), long?.freeRows()]).toEqual([25, 5]);
  long?.arena.release(slot);
  expect([short?.freeRows(), long?.freeRows()]).toEqual([100, 25]);
});
