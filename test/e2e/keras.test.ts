// Models as people export them, dropped into a folder: a hub from the built files serves each and names its answers.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../dist/client/index.js';
import { startTestApp } from '../support/app.js';
import { gru, gruWeights, namedGruWeights } from '../support/gru.js';
import { dense, input, layer, sequential, writeKeras3 } from '../support/keras3.js';
import { writeJson } from '../support/tiny-models.js';

/** sigmoid(x0 - x1), or both numbers as they are. */
async function writeModels(folder: string): Promise<void> {
  const sure = sequential('sequential', [input('x', [null, 2]), dense('dense', 1, 'sigmoid')]);
  await writeKeras3(join(folder, 'sure', '1'), sure, [
    { name: 'sequential/dense/kernel', shape: [2, 1], values: [1, -1] },
    { name: 'sequential/dense/bias', shape: [1], values: [0] },
  ]);
  await writeJson(join(folder, 'sure', '1', 'manifest.json'), { labels: ['no', 'yes'] });

  const turned = layer('RandomFlip', 'random_flip', { mode: 'horizontal' });
  const taught = sequential('sequential', [input('x', [null, 2]), turned, dense('dense', 2, 'softmax')]);
  await writeKeras3(join(folder, 'taught', '1'), taught, [
    { name: 'sequential/dense/kernel', shape: [2, 2], values: [1, 0, 0, 1] },
    { name: 'sequential/dense/bias', shape: [2], values: [0, 0] },
  ]);
  await writeJson(join(folder, 'taught', '1', 'metadata.json'), { labels: ['left', 'right'], imageSize: 224 });

  const settings = { units: 2, activation: 'tanh', recurrent_activation: 'sigmoid', reset_after: true };
  const remembering = sequential('sequential', [input('x', [null, 3, 1]), layer('GRU', 'gru', settings)]);
  const weights = namedGruWeights('sequential/gru/gru_cell', gruWeights(1, 2, 5), 1, 2);
  await writeKeras3(join(folder, 'remembering', '1'), remembering, weights);
}

test('models of Keras 3 are served, with labels of the manifest or of Teachable Machine', async () => {
  const hub = await startTestApp({ models: writeModels });
  const client = connect(hub.url);
  await client.ready();

  const p = 1 / (1 + Math.exp(-1));
  expect(await client.predict([2, 1], { model: 'sure' })).toMatchObject({
    prediction: [expect.closeTo(p, 5)],
    label: 'yes',
    score: expect.closeTo(p, 5),
  });
  expect(
    await client.predict(
      [
        [1, 2],
        [1, 1],
      ],
      { model: 'sure' },
    ),
  ).toMatchObject({
    label: ['no', 'yes'],
    score: [expect.closeTo(p, 5), 0.5],
  });
  expect(await client.predict([1, 2], { model: 'taught' })).toMatchObject({
    label: 'right',
    score: expect.closeTo(p, 5),
  });
  const state = gru(gruWeights(1, 2, 5), 2, [[1], [-2], [3]]);
  expect((await client.predict([[1], [-2], [3]], { model: 'remembering' })).prediction).toEqual(
    state.map((value) => expect.closeTo(value, 5)),
  );
  client.close();
  await hub.close();
});
