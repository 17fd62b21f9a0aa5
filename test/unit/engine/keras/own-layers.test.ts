import { describe, expect, test } from 'vitest';
import { answersOf } from '../../../support/keras-answers.js';
import { called, filesOf, functional, input, layer, sequential, tensor, topologyOf } from '../../../support/keras3.js';
import type { Weight } from '../../../support/tiny-models.js';

/** What a Keras 3 model of one layer answers to a row. */
async function through(
  made: Readonly<Record<string, unknown>>,
  row: readonly number[],
  weights: readonly Weight[] = [],
  shape: readonly number[] = [row.length],
): Promise<readonly number[] | undefined> {
  const files = filesOf(topologyOf(sequential('m', [input('x', [null, ...shape]), made])), weights);
  const [answer] = await answersOf(files, { shape: [1, ...shape], values: row });
  return answer;
}

function near(expected: readonly number[]) {
  return expected.map((value) => expect.closeTo(value, 5));
}

describe('layers that only train', () => {
  test.each([
    ['RandomFlip', { mode: 'horizontal' }],
    ['RandomRotation', { factor: [-0.2, 0.2] }],
    ['RandomZoom', { height_factor: 0.2 }],
    ['RandomContrast', { factor: 0.2 }],
    ['RandomTranslation', { height_factor: 0.2, width_factor: 0.2 }],
    ['RandomHeight', { factor: 0.2 }],
    ['SpatialDropout2D', { rate: 0.5 }],
    ['GaussianNoise', { stddev: 1, seed: null }],
    ['AlphaDropout', { rate: 0.5 }],
    ['Dropout', { rate: 0.5, seed: null, noise_shape: null }],
    ['ActivityRegularization', { l1: 0.1, l2: 0 }],
    ['Identity', {}],
  ])('%s passes its input on', async (className, settings) => {
    const row = [1, -2, 3, 4, 5, 6.5, -7, 8];

    expect(await through(layer(className, 'it', settings), row, [], [2, 2, 2])).toEqual(row);
  });
});

describe('Normalization', () => {
  const weights: readonly Weight[] = [
    { name: 'it/mean', shape: [2], values: [1, 2] },
    { name: 'it/variance', shape: [2], values: [4, 0] },
  ];

  test('uses the mean and the variance of its settings', async () => {
    const made = layer('Normalization', 'it', { axis: [-1], invert: false, mean: [[1, 2]], variance: [[4, 0.25]] });

    expect(await through(made, [5, 1])).toEqual(near([2, -2]));
  });

  test('uses those that it was adapted to, and none for a variance of zero', async () => {
    const count = { name: 'it/count', shape: [], values: [0] };
    const made = layer('Normalization', 'it', { axis: [-1], invert: false, mean: null, variance: null });
    const files = filesOf(topologyOf(sequential('m', [input('x', [null, 2]), made])), [...weights, count]);
    const asInteger = {
      ...files,
      modelJson: files.modelJson.replace(/("it\/count","shape":\[\],"dtype":)"float32"/, '$1"int32"'),
    };

    expect(await answersOf(asInteger, { shape: [1, 2], values: [5, 2] })).toEqual([near([2, 0])]);
  });

  test('goes back where it is inverted, with one mean for all', async () => {
    const made = layer('Normalization', 'it', { axis: null, invert: true, mean: 1, variance: 4 });

    expect(await through(made, [2, -2])).toEqual(near([5, -3]));
  });

  test('is refused without either, with what to do', async () => {
    const made = layer('Normalization', 'it', { axis: [-1], invert: false, mean: null, variance: null });

    await expect(through(made, [1, 2])).rejects.toThrow(/no weight of the file is the model's "it\/mean", "it\/var/);
  });
});

test.each([
  ['hard_sigmoid', [-4, -1.5, 0, 4], [0, 0.25, 0.5, 1]],
  ['silu', [0, 1], [0, 1 / (1 + Math.exp(-1))]],
  ['exponential', [0, 1], [1, Math.E]],
  ['leaky_relu', [-1, 2], [-0.2, 2]],
  ['hard_silu', [-4, 1, 4], [0, 4 / 6, 4]],
  ['log_sigmoid', [0, 2], [-Math.log(2), -Math.log(1 + Math.exp(-2))]],
])('the activation %s is that of Keras 3', async (activation, row, expected) => {
  expect(await through(layer('Activation', 'it', { activation }), row)).toEqual(near(expected));
});

test('the hard sigmoid of Keras 2 stays its own', async () => {
  const config = { name: 'it', activation: 'hard_sigmoid', batch_input_shape: [null, 2], dtype: 'float32' };
  const model = { class_name: 'Sequential', config: { name: 'm', layers: [{ class_name: 'Activation', config }] } };
  const files = filesOf({ ...model, keras_version: '2.15.0' }, []);

  expect(await answersOf(files, { shape: [1, 2], values: [-1.5, 4] })).toEqual([near([0.2, 1])]);
});

test('Flatten takes rows that are flat already', async () => {
  expect(await through(layer('Flatten', 'it', { data_format: 'channels_last' }), [1, 2, 3])).toEqual([1, 2, 3]);
});

test.each([
  ['GlobalAveragePooling2D', [4, 5]],
  ['GlobalMaxPooling2D', [7, 8]],
])('%s can keep its dimensions', async (className, expected) => {
  const row = [1, 2, 3, 4, 5, 6, 7, 8];
  const pooled = layer(className, 'it', { data_format: 'channels_last', keepdims: true });
  const model = sequential('m', [input('x', [null, 2, 2, 2]), pooled, layer('Permute', 'turned', { dims: [3, 1, 2] })]);

  expect(await answersOf(filesOf(topologyOf(model), []), { shape: [1, 2, 2, 2], values: row })).toEqual([expected]);
});

test('a mean leaves out the masked places of a sequence', async () => {
  const masking = layer('Masking', 'masking', { mask_value: 0 });
  const mean = layer('GlobalAveragePooling1D', 'it', { data_format: 'channels_last', keepdims: false });
  const model = sequential('m', [input('x', [null, 3, 2]), masking, mean]);

  expect(await answersOf(filesOf(topologyOf(model), []), { shape: [1, 3, 2], values: [1, 2, 3, 6, 0, 0] })).toEqual([
    [2, 4],
  ]);
});

test.each([1, 2])('BatchNormalization along axis %i takes the means of that axis', async (axis) => {
  const made = layer('BatchNormalization', 'it', { axis, epsilon: 0, center: false, scale: false });
  const weights = [
    { name: 'it/moving_mean', shape: [2], values: [1, 10] },
    { name: 'it/moving_variance', shape: [2], values: [1, 4] },
  ];
  const expected = { 1: [0, 9, -2.5, 0], 2: [0, 0, 4, 0] }[axis] ?? [];

  expect(await through(made, [1, 10, 5, 10], weights, [2, 2])).toEqual(near(expected));
});

test('an image is resized as TensorFlow does, from the centres of its pixels', async () => {
  const settings = { height: 2, width: 4, interpolation: 'bilinear', data_format: 'channels_last' };

  expect(await through(layer('Resizing', 'it', settings), [0, 4, 8, 12], [], [2, 2, 1])).toEqual(
    near([0, 1, 3, 4, 8, 9, 11, 12]),
  );
});

test('UpSampling2D interpolates from the centres of pixels, with channels first or last', async () => {
  const settings = { size: [1, 2], data_format: 'channels_last', interpolation: 'bilinear' };
  const expected = near([0, 1, 3, 4, 8, 9, 11, 12]);
  expect(await through(layer('UpSampling2D', 'it', settings), [0, 4, 8, 12], [], [2, 2, 1])).toEqual(expected);
  const first = { ...settings, data_format: 'channels_first' };
  expect(await through(layer('UpSampling2D', 'it', first), [0, 4, 8, 12], [], [1, 2, 2])).toEqual(expected);
  const nearest = { ...settings, interpolation: 'nearest' };
  expect(await through(layer('UpSampling2D', 'it', nearest), [0, 4], [], [1, 2, 1])).toEqual([0, 0, 4, 4]);
});

test('Subtract takes the second tensor from the first', async () => {
  const model = functional(
    'm',
    [
      ...['a', 'b'].map((name) => called(input(name, [null, 2]))),
      called(layer('Subtract', 'it'), [[tensor('a'), tensor('b')]]),
    ],
    [
      ['a', 0, 0],
      ['b', 0, 0],
    ],
    [['it', 0, 0]],
  );
  const answers = await answersOf(
    filesOf(topologyOf(model), []),
    { shape: [1, 2], values: [5, 1] },
    { shape: [1, 2], values: [2, 4] },
  );

  expect(answers).toEqual([[3, -3]]);
});
