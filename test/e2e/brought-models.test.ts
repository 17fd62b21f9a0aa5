/** Models that take no batch of any size, as people bring them, through a hub of the built output. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type TickcastClient } from '../../client/index.js';
import { openBackend } from '../../dist/server/engine/backend/backend.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeMeans, writeRankFour, writeRate, writeStateful, writeTextHash } from '../support/odd-models.js';
import { writeEmbedding, writeGraph, writeJson } from '../support/tiny-models.js';

const native = await openBackend('native');
if (!native.ok && process.env.CI) throw new Error(native.reason);

async function writeModels(folder: string): Promise<void> {
  const place = (name: string) => join(folder, name, '1');
  await writeGraph(place('one'), [1, 2]);
  await writeGraph(place('four'), [4, 2]);
  await writeRate(place('rate'));
  await writeJson(join(place('rate'), 'manifest.json'), { constants: { rate: 3 } });
  await writeGraph(place('pixels'));
  await writeJson(join(place('pixels'), 'manifest.json'), {
    inputs: [{ name: 'x', dtype: 'float32', shape: [2], scale: [2, 1], offset: -1 }],
    outputs: [{ name: 'y', apply: 'sigmoid' }],
    labels: ['dark', 'light'],
  });
  await writeStateful(place('state'));
  await writeTextHash(place('hash'));
  await writeRankFour(place('rank'));
  await writeMeans(place('means'));
  await writeMeans(place('unpaddable'));
  await writeJson(join(place('unpaddable'), 'manifest.json'), { padding: { sizes: [4, 16] } });
  await writeEmbedding(place('sums'), 50, null);
  await writeJson(join(place('sums'), 'manifest.json'), { padding: { sizes: [4, 16, 64], mask: 'weights' } });
}

describe.each(native.ok ? (['wasm', 'native', 'auto'] as const) : (['wasm'] as const))('on %s', (engine) => {
  let hub: TestProcess;
  let client: TickcastClient;
  beforeAll(async () => {
    hub = await startTestProcess({ models: writeModels, config: { engine, logLevel: 'info' } });
    client = connect(hub.url);
  });
  afterAll(async () => {
    client.close();
    await hub.close();
  });

  test.each([
    [
      'one',
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [[21], [43], [65]],
    ],
    [
      'four',
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [[21], [43], [65]],
    ],
    ['rate', [[1, 2]], [[3, 6]]],
    [
      'state',
      [
        [[1], [2], [3]],
        [[1], [2], [3]],
      ],
      [[6], [6]],
    ],
  ])('%s answers each row as if it were alone', async (model, input, right) => {
    const asked = await Promise.all(input.map((row) => client.predict([row], { model })));
    expect(asked.map(({ prediction }) => (prediction as number[][])[0])).toEqual(right);
    const { prediction } = await client.predict(input, { model });
    expect(prediction).toEqual(right);
  });

  test('inputs are scaled and logits become scores, whose labels are told', async () => {
    const { prediction, label, score } = await client.predict([1, 1.01], { model: 'pixels' });
    // 2 * 1 - 1 and 1.01 - 1, of which the model makes 1 + 10 * 0.01.
    expect(prediction).toEqual([expect.closeTo(1 / (1 + Math.exp(-1.1)), 5)]);
    expect([label, score]).toEqual(['light', expect.closeTo(0.75026, 4)]);
  });

  test('a model of any length answers each length, together and alone', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => Array.from({ length: 1 + (i % 23) }, () => [i, 2 * i]));
    for (const model of ['means', 'unpaddable']) {
      const asked = await Promise.all(rows.map((row) => client.predict(row, { model })));
      for (const [i, { prediction }] of asked.entries()) {
        const [one, two] = prediction as number[];
        expect(one).toBeCloseTo(i, 4);
        expect(two).toBeCloseTo(2 * i, 4);
      }
    }
    expect((await client.predict([[[1, 2]], [[3, 4]]], { model: 'means' })).prediction).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect((await client.predict(Float32Array.of(1, 2, 3, 4), { model: 'means' })).prediction).toEqual([2, 3]);
    await expect(client.predict(new Float32Array(2 * 4097), { model: 'means' })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
    await expect(
      client.predict(
        [
          [[1, 2]],
          [
            [3, 4],
            [5, 6],
          ],
        ],
        { model: 'means' },
      ),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(hub.log.find(({ msg }) => String(msg).includes('it is not padded'))).toMatchObject({
      model: 'unpaddable@1',
    });
  });

  test('rows of different length share a padded batch, and callers see no mask', async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      Array.from({ length: 1 + (i % 31) }, (_, j) => 1 + ((i + j) % 49)),
    );
    const right = rows.map((row) => row.reduce((sum, id) => sum + id, 0));
    const asked = await Promise.all(rows.map((row) => client.predict(row, { model: 'sums' })));
    expect(asked.map(({ prediction }) => prediction)).toEqual(right.map((sum) => [sum, -sum]));
    const { prediction } = await client.predict(rows, { model: 'sums' });
    expect(prediction).toEqual(right.map((sum) => [sum, -sum]));
    const [described] = (client.hello?.models ?? []).filter(({ name }) => name === 'sums');
    expect(described?.inputs).toEqual([{ name: 'ids', dtype: 'int32', shape: [-1] }]);
    await expect(client.predict(Array(65).fill(1), { model: 'sums' })).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('padding.sizes'),
    });
  });

  test('a model of strings takes a text', async () => {
    const [one, again, other] = await Promise.all(
      ['a text', 'a text', 'naïve 🔥'].map(async (text) => (await client.predict(text, { model: 'hash' })).prediction),
    );
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
  });

  test('a model that one engine refuses runs on another, and the log says why', async () => {
    const { prediction } = await client.predict(
      [[[[3], [3], [3], [3]]].flatMap(() => Array(4).fill([[3], [3], [3], [3]]))],
      { model: 'rank' },
    );
    expect((prediction as number[][][][]).flat(3)).toEqual(Array(16).fill(7));
    const why = String(hub.log.find(({ model, msg }) => model === 'rank@1' && msg === 'model ready')?.why);
    if (engine === 'wasm') expect(why).toContain('wasm refused it');
  });
});
