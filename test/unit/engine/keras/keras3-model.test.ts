import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { answersOf } from '../../../support/keras-answers.js';
import {
  called,
  dense,
  filesOf,
  functional,
  input,
  layer,
  sequential,
  tensor,
  topologyOf,
} from '../../../support/keras3.js';

const ROW = { shape: [1, 2], values: [3, 5] } as const;

/** y = 10 a + b + 0.5 */
function tenfold(way: string) {
  return [
    { name: `${way}/kernel`, shape: [2, 1], values: [10, 1] },
    { name: `${way}/bias`, shape: [1], values: [0.5] },
  ];
}

describe('a sequential model of Keras 3', () => {
  const model = topologyOf(sequential('sequential', [input('x', [null, 2]), dense('dense', 1)]));

  test.each(['dense', 'sequential/dense', 'outer/sequential/dense'])('answers with weights under %s', async (way) => {
    expect(await answersOf(filesOf(model, tenfold(way)), ROW)).toEqual([[35.5]]);
  });

  test('answers when only its weights are in the new words', async () => {
    const config = {
      name: 'dense',
      units: 1,
      activation: 'linear',
      use_bias: true,
      batch_input_shape: [null, 2],
      dtype: 'float32',
    };
    const inner = { class_name: 'Sequential', config: { name: 's', layers: [{ class_name: 'Dense', config }] } };

    expect(await answersOf(filesOf(topologyOf(inner), tenfold('s/dense')), ROW)).toEqual([[35.5]]);
  });

  test('is refused when a weight of another layer is in its file', async () => {
    const weights = [...tenfold('sequential/dense'), ...tenfold('sequential/dense_1')];

    await expect(answersOf(filesOf(model, weights), ROW)).rejects.toThrow(
      'the model has no place for the file\'s "sequential/dense_1/kernel", "sequential/dense_1/bias"',
    );
  });
});

test.each([
  ['a policy of mixed precision', { class_name: 'Policy', config: { name: 'mixed_float16' } }],
  ['half precision', 'float16'],
])('a model of Keras 2 with %s takes float32', async (_, dtype) => {
  const config = { name: 'dense', units: 1, activation: 'linear', use_bias: true, dtype, batch_input_shape: [null, 2] };
  const model = { class_name: 'Sequential', config: { name: 's', layers: [{ class_name: 'Dense', config }] } };

  expect(await answersOf(filesOf({ ...model, keras_version: '2.15.0' }, tenfold('dense')), ROW)).toEqual([[35.5]]);
});

test('nothing is left of a model that was closed, nor of one that was refused', async () => {
  const model = topologyOf(
    sequential('s', [input('x', [null, 2]), layer('Normalization', 'n', { mean: null }), dense('dense', 1)]),
  );
  const files = filesOf(model, [
    { name: 'n/mean', shape: [2], values: [0, 0] },
    { name: 'n/variance', shape: [2], values: [1, 1] },
    ...tenfold('s/dense'),
    { name: 'n/count', shape: [], values: [0] },
  ]);
  const right = {
    ...files,
    modelJson: files.modelJson.replace(/(count","shape":\[\],"dtype":)"float32"/, '$1"int32"'),
  };
  await answersOf(right, ROW);
  const before = memory().numTensors;

  for (let round = 0; round < 3; round++) {
    expect(await answersOf(right, ROW)).toEqual([[35.5]]);
    // A count that is no integer does not fit its variable.
    await expect(answersOf(files, ROW)).rejects.toThrow();
    await expect(answersOf(filesOf(model, tenfold('s/dense')), ROW)).rejects.toThrow('no weight of the file');
  }
  expect(memory().numTensors).toBe(before);
});

test('a functional model with two inputs, a shared layer and two outputs answers', async () => {
  const model = functional(
    'functional',
    [
      called(input('a', [null, 1])),
      called(input('b', [null, 1])),
      called(layer('Concatenate', 'joined', { axis: -1 }), [[tensor('a'), tensor('b')]]),
      called(layer('Concatenate', 'swapped', { axis: -1 }), [[tensor('b'), tensor('a')]]),
      called(dense('dense', 1), [tensor('joined')], [tensor('swapped')]),
      called(layer('Add', 'sum'), [[tensor('dense', 0), tensor('dense', 1)]]),
    ],
    [
      ['a', 0, 0],
      ['b', 0, 0],
    ],
    [
      ['dense', 1, 0],
      ['sum', 0, 0],
    ],
  );
  const files = filesOf(topologyOf(model), tenfold('dense'));
  const number = (value: number) => ({ shape: [1, 1], values: [value] });

  expect(await answersOf(files, number(3), number(5))).toEqual([[53.5], [89]]);
});

test('nested models with layers of one name answer, each with its own weights', async () => {
  const inner = (name: string) => sequential(name, [input('i', [null, 2]), dense('dense', 2)]);
  const model = functional(
    'm',
    [
      called(input('x', [null, 2])),
      called(inner('first'), [tensor('x')]),
      called(inner('second'), [tensor('first')]),
      called(dense('dense', 1), [tensor('second')]),
    ],
    [['x', 0, 0]],
    [['dense', 0, 0]],
  );
  const scaled = (way: string, by: number) => [
    { name: `${way}/kernel`, shape: [2, 2], values: [by, 0, 0, by] },
    { name: `${way}/bias`, shape: [2], values: [0, 0] },
  ];
  const weights = [...scaled('first/dense', 2), ...scaled('second/dense', 3), ...tenfold('dense')];

  expect(await answersOf(filesOf(topologyOf(model), weights), ROW)).toEqual([[6 * 35 + 0.5]]);
});

test('a sum and a product with numbers, a mixed policy and bytes as input are understood', async () => {
  const scale = (className: string, name: string, args: readonly unknown[]) =>
    called({ module: 'keras.src.ops.numpy', class_name: className, config: { name } }, args);
  const half = { class_name: 'DTypePolicy', config: { name: 'mixed_float16' } };
  const made = dense('dense', 1);
  const model = functional(
    'm',
    [
      called(input('x', [null, 2], 'uint8')),
      scale('TrueDivide', 'divide', [tensor('x'), 2]),
      scale('Subtract', 'less', [tensor('divide'), 1]),
      called({ ...made, config: { ...(made.config as object), dtype: half } }, [tensor('less')]),
    ],
    ['x', 0, 0],
    ['dense', 0, 0],
  );

  expect(await answersOf(filesOf(topologyOf(model), tenfold('m/dense')), ROW)).toEqual([[7]]);
});

test('a .keras file of Keras 2 answers, its layers having numbers for names, and settings of no use', async () => {
  const common = { trainable: true, dtype: 'float32', use_bias: true, activation: 'linear' };
  const image = { filters: 1, kernel_size: [1, 1], strides: [1, 1], padding: 'valid', data_format: 'channels_last' };
  const kernel = {
    kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
    kernel_regularizer: null,
  };
  const layers = [
    {
      class_name: 'SeparableConv2D',
      config: { name: 'parts_4', batch_input_shape: [null, 1, 1, 2], ...common, ...image, ...kernel },
    },
    { class_name: 'Flatten', config: { name: 'flat_9', trainable: true, dtype: 'float32' } },
    { class_name: 'Dense', config: { name: 'dense_28', units: 1, ...common } },
  ];
  const topology = {
    keras_version: '2.15.0',
    model_config: { class_name: 'Sequential', config: { name: 'sequential_3', layers } },
  };
  const weights = [
    { name: 'layers/dense/vars/0', shape: [1, 1], values: [2] },
    { name: 'layers/dense/vars/1', shape: [1], values: [0.5] },
    { name: 'layers/separable_conv2d/vars/0', shape: [1, 1, 2, 1], values: [1, 1] },
    { name: 'layers/separable_conv2d/vars/1', shape: [1, 1, 2, 1], values: [10, 1] },
    { name: 'layers/separable_conv2d/vars/2', shape: [1], values: [1] },
  ];
  const pixel = { shape: [1, 1, 1, 2], values: [3, 5] };
  expect(await answersOf(filesOf(topology, weights), pixel)).toEqual([[72.5]]);
});

test('a .keras file of Keras 2 with a recurrent layer is built without the initial values of training', async () => {
  const orthogonal = { class_name: 'Orthogonal', config: { gain: 1, seed: null } };
  const config = { name: 'rnn_6', batch_input_shape: [null, 2, 1], units: 1, activation: 'linear', dtype: 'float32' };
  const layers = [
    { class_name: 'SimpleRNN', config: { ...config, use_bias: false, recurrent_initializer: orthogonal } },
  ];
  const topology = {
    keras_version: '2.15.0',
    model_config: { class_name: 'Sequential', config: { name: 's', layers } },
  };
  const weights = [
    { name: 'layers/simple_rnn/cell/vars/0', shape: [1, 1], values: [2] },
    { name: 'layers/simple_rnn/cell/vars/1', shape: [1, 1], values: [10] },
  ];
  expect(await answersOf(filesOf(topology, weights), { shape: [1, 2, 1], values: [3, 5] })).toEqual([[70]]);
});
