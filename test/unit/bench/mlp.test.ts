import { expect, test } from 'vitest';
import { buildInputs, expectedPredictions } from '../../../bench/servers/mlp.js';
import { mlpArtifacts } from '../../../bench/servers/mlp-files.js';
import { openBackend } from '../../../server/engine/backend/backend.js';

test('TensorFlow.js answers with the model as the plain evaluation does', async () => {
  const opening = await openBackend('cpu');
  if (!opening.ok) throw new Error(opening.reason);
  const { tf, layers } = opening.backend;
  const { modelTopology, weightSpecs, weightData } = mlpArtifacts();
  const specs = weightSpecs.map((spec) => ({ ...spec, shape: [...spec.shape] }));
  const model = await layers.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs: specs, weightData }) });
  const output = model.predict(tf.tensor(buildInputs().map((input) => [...input])));
  const values = Array.isArray(output) ? [] : [...output.dataSync()];
  const expected = expectedPredictions().flat();
  expect(values).toHaveLength(expected.length);
  for (const [at, value] of values.entries()) expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 5);
});

test('the answers differ from input to input, so that one mistaken for another shows', () => {
  const answers = expectedPredictions();
  for (const [at, one] of answers.entries()) {
    for (const other of answers.slice(at + 1)) {
      const distance = Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? 0))));
      expect(distance).toBeGreaterThan(1e-3);
    }
  }
});
