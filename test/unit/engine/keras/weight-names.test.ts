import { expect, test } from 'vitest';
import { byLayerNames, isNumbered, matchWeights } from '../../../../server/engine/keras/weight-names.js';

function named(...names: readonly string[]) {
  return names.map((name) => ({ name, shape: [1] }));
}

test.each([
  ['as they are', ['dense/kernel'], ['dense/kernel']],
  ['behind the model', ['sequential/dense/kernel'], ['dense/kernel']],
  ['behind nested models', ['outer/inner/dense_1/kernel', 'outer/dense/kernel'], ['dense_1/kernel', 'dense/kernel']],
  ['around a cell', ['sequential/lstm/lstm_cell/kernel'], ['lstm/kernel']],
  ['around a cell in both directions', ['b/forward_lstm/lstm_cell/kernel'], ['b/forward_lstm/kernel']],
  ['with the suffix of TensorFlow', ['dense/kernel:0'], ['dense/kernel']],
  ['with another name of the variable', ['model/depthwise/kernel'], ['depthwise/depthwise_kernel']],
  ['with the longer of two ways', ['inner/dense/kernel', 'm/dense/kernel'], ['inner/dense/kernel', 'dense/kernel']],
  ['by number', ['dense/vars/0', 'dense/vars/1'], ['dense/kernel', 'dense/bias']],
])('weights are found %s', (_, inFile, inModel) => {
  const matched = matchWeights(named(...inFile), named(...inModel));

  expect(matched.ok && [...matched.names]).toEqual(inFile.map((name, index) => [name, inModel[index]]));
});

test('states of random generators are not needed', () => {
  const inFile = named('dropout/seed_generator/seed_generator_state', 'dense/kernel');

  expect(matchWeights(inFile, named('dense/kernel'))).toMatchObject({ ok: true });
});

test.each([
  ['missing', ['a/kernel'], ['a/kernel', 'a/bias'], 'no weight of the file is the model\'s "a/bias"'],
  ['without a place', ['a/kernel', 'b/kernel'], ['a/kernel'], 'the model has no place for the file\'s "b/kernel"'],
  [
    'under another name',
    ['b/kernel'],
    ['a/kernel'],
    'the model\'s "a/kernel", and the model has no place for the file\'s "b/kernel"',
  ],
  ['for two', ['a/b/kernel'], ['a/kernel', 'b/kernel'], 'weight "a/b/kernel" may be "a/kernel" or "b/kernel"'],
  ['twice', ['x/a/kernel', 'y/a/kernel'], ['a/kernel'], 'weights "x/a/kernel" and "y/a/kernel" may both be'],
  ['of one name', ['a/kernel', 'a/kernel'], ['a/kernel'], 'two weights called "a/kernel"'],
])('a weight %s is refused by name', (_, inFile, inModel, problem) => {
  expect(matchWeights(named(...inFile), named(...inModel))).toEqual({
    ok: false,
    problem: expect.stringContaining(problem),
  });
});

test('a weight of another shape is refused with both shapes', () => {
  expect(matchWeights([{ name: 'm/a/kernel', shape: [2, 1] }], [{ name: 'a/kernel', shape: [1, 2] }])).toEqual({
    ok: false,
    problem: expect.stringContaining('"m/a/kernel" has shape [2, 1], but the model\'s "a/kernel" has [1, 2]'),
  });
});

test.each([
  ['of the only layer of its class', 'layers/dense/vars/0', 'first/vars/0'],
  ['of the second one', 'layers/dense_1/vars/1', 'second/vars/1'],
  ['as Keras 2.12 wrote them', '_layer_checkpoint_dependencies/dense/vars/0', 'first/vars/0'],
  ['of a class with capitals', 'layers/p_re_lu/vars/0', 'slopes/vars/0'],
  ['in a cell', 'layers/lstm/cell/vars/2', 'memory/cell/vars/2'],
  ['in both directions', 'layers/bidirectional/backward_layer/cell/vars/0', 'ways/backward_gru_7/cell/vars/0'],
  ['of a layer for each step', 'layers/time_distributed/layer/vars/0', 'steps/each/vars/0'],
  ['in a model inside', 'layers/sequential/layers/conv2d_transpose/vars/0', 'inner/up/vars/0'],
  ['of nothing that is there', 'layers/dense_2/vars/0', 'layers/dense_2/vars/0'],
  ['of another form', 'first/kernel', 'first/kernel'],
])('numbers of a .keras file find the name %s', (_, inFile, expected) => {
  const layer = (className: string, name: string, settings = {}) => ({
    class_name: className,
    config: { name, ...settings },
  });
  const layers = [
    layer('Dense', 'first'),
    layer('PReLU', 'slopes'),
    layer('LSTM', 'memory'),
    layer('Bidirectional', 'ways', { layer: layer('GRU', 'forward_gru_7') }),
    layer('TimeDistributed', 'steps', { layer: layer('Dense', 'each') }),
    layer('Sequential', 'inner', { layers: [layer('Conv2DTranspose', 'up')] }),
    layer('Dense', 'second'),
  ];
  expect(byLayerNames(inFile, layer('Functional', 'model', { layers }))).toBe(expected);
});

test('names with numbers are told from others', () => {
  expect(isNumbered(named('layers/dense/vars/0'))).toBe(true);
  expect(isNumbered(named('dense/kernel', 'layers/kernel'))).toBe(false);
});
