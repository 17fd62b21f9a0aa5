import { expect, test } from 'vitest';
import { gru, gruWeights, namedGruWeights } from '../../../support/gru.js';
import { answersOf } from '../../../support/keras-answers.js';
import { filesOf, input, layer, sequential, topologyOf } from '../../../support/keras3.js';
import { seededNumbers } from '../../../support/tiny-models.js';

const [STEPS, INPUTS, UNITS] = [4, 3, 2] as const;
const WEIGHTS = gruWeights(INPUTS, UNITS, 1);
const values = seededNumbers(STEPS * INPUTS, 7).map((value) => 4 * value);
const steps = Array.from({ length: STEPS }, (_, step) => values.slice(step * INPUTS, (step + 1) * INPUTS));
const given = { shape: [1, STEPS, INPUTS], values };

function near(expected: readonly number[]) {
  return expected.map((value) => expect.closeTo(value, 5));
}

test('a GRU with reset_after of Keras 2 answers as its definition says', async () => {
  const settings = { units: UNITS, activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true };
  const config = {
    ...settings,
    name: 'g',
    reset_after: true,
    batch_input_shape: [null, STEPS, INPUTS],
    dtype: 'float32',
  };
  const model = { class_name: 'Sequential', config: { name: 'm', layers: [{ class_name: 'GRU', config }] } };
  const files = filesOf({ ...model, keras_version: '2.15.0' }, namedGruWeights('g', WEIGHTS, INPUTS, UNITS));

  expect(await answersOf(files, given)).toEqual([near(gru(WEIGHTS, UNITS, steps))]);
});

test('a GRU of the older form, without reset_after, answers as before', async () => {
  const settings = { units: UNITS, activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: false };
  const config = { ...settings, name: 'g', reset_after: false, batch_input_shape: [null, 1, INPUTS], dtype: 'float32' };
  const model = { class_name: 'Sequential', config: { name: 'm', layers: [{ class_name: 'GRU', config }] } };
  const weights = namedGruWeights('g', WEIGHTS, INPUTS, UNITS).slice(0, 2);
  const first = steps[0] ?? [];

  // In the first step the state is zero, so that both forms agree.
  const expected = gru({ ...WEIGHTS, bias: [] }, UNITS, [first]);
  const answers = await answersOf(filesOf({ ...model, keras_version: '2.15.0' }, weights), {
    shape: [1, 1, INPUTS],
    values: first,
  });
  expect(answers).toEqual([near(expected)]);
});

test('a GRU of Keras 3 in both directions answers with both', async () => {
  const settings = { units: UNITS, activation: 'tanh', recurrent_activation: 'sigmoid', reset_after: true };
  const [there, back] = [WEIGHTS, gruWeights(INPUTS, UNITS, 11)];
  const model = sequential('m', [
    input('x', [null, STEPS, INPUTS]),
    layer('Bidirectional', 'both', {
      merge_mode: 'concat',
      layer: layer('GRU', 'forward_gru', settings),
      backward_layer: layer('GRU', 'backward_gru', { ...settings, go_backwards: true }),
    }),
  ]);
  const files = filesOf(topologyOf(model), [
    ...namedGruWeights('m/both/forward_gru/gru_cell', there, INPUTS, UNITS),
    ...namedGruWeights('m/both/backward_gru/gru_cell', back, INPUTS, UNITS),
  ]);

  const expected = [...gru(there, UNITS, steps), ...gru(back, UNITS, [...steps].reverse())];
  expect(await answersOf(files, given)).toEqual([near(expected)]);
});
