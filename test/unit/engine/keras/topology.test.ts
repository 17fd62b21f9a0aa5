import { describe, expect, test } from 'vitest';
import { isKeras3 } from '../../../../server/engine/keras/settings.js';
import { rewriteTopology } from '../../../../server/engine/keras/topology.js';
import {
  called,
  dense,
  FLOAT32,
  functional,
  input,
  layer,
  sequential,
  tensor,
  topologyOf,
} from '../../../support/keras3.js';

/** The rewritten model; throws the problem. */
function rewritten(model: Readonly<Record<string, unknown>>) {
  const made = rewriteTopology(topologyOf(model));
  if (!made.ok) throw new Error(made.problem);
  return made.topology as { config: { layers: { class_name: string; config: Record<string, unknown> }[] } };
}

/** The settings of a layer, rewritten. */
function settingsOf(className: string, settings: Readonly<Record<string, unknown>>) {
  const [, made] = rewritten(sequential('m', [input('x', [null, 2]), layer(className, 'it', settings)])).config.layers;
  return { className: made?.class_name, ...made?.config };
}

/** What is wrong with a functional model whose layer `it` is called so. */
function problemOf(it: Readonly<Record<string, unknown>>): string {
  const model = functional('m', [called(input('x', [null, 2])), it], [['x', 0, 0]], [['it', 0, 0]]);
  const made = rewriteTopology(topologyOf(model));
  return made.ok ? 'none' : made.problem;
}

test.each([
  ['its version', { keras_version: '3.8.0' }, '{}', true],
  ['a shape in its words', {}, '{"batch_shape":[null,2]}', true],
  ['a dtype in its words', { keras_version: 'unknown' }, '{"class_name":"DTypePolicy"}', true],
  ['the version before', { keras_version: '2.15.0' }, '{"batch_input_shape":[null,2]}', false],
  ['TensorFlow.js itself', { keras_version: 'tfjs-layers 4.22.0' }, '{}', false],
])('Keras 3 is known by %s', (_, topology, text, isThree) => {
  expect(isKeras3(topology, text)).toBe(isThree);
});

describe('a sequential model', () => {
  test('says shapes, dtypes and initializers as Keras 2 does', () => {
    const { layers } = rewritten(sequential('m', [input('x', [null, 2]), dense('d', 3, 'relu')])).config;

    expect(layers).toEqual([
      {
        class_name: 'InputLayer',
        config: { name: 'x', batch_input_shape: [null, 2], dtype: 'float32', sparse: false },
      },
      {
        class_name: 'Dense',
        config: {
          name: 'd',
          trainable: true,
          dtype: 'float32',
          units: 3,
          activation: 'relu',
          use_bias: true,
          kernel_initializer: 'zeros',
          bias_initializer: 'zeros',
          kernel_regularizer: null,
          bias_regularizer: null,
          kernel_constraint: null,
          bias_constraint: null,
        },
      },
    ]);
  });

  test('takes its input from the shape it was built with, if it has no input layer', () => {
    const [first] = rewritten(sequential('m', [dense('d', 1)], { build_input_shape: [null, 4] })).config.layers;

    expect(first?.config).toMatchObject({ name: 'd', batch_input_shape: [null, 4] });
  });
});

describe('a layer', () => {
  const policy = (name: string, className = 'DTypePolicy') => ({ ...FLOAT32, class_name: className, config: { name } });

  test.each([
    ['a mixed policy', 'Dense', { dtype: policy('mixed_float16') }, { dtype: 'float32' }],
    ['bytes', 'Dense', { dtype: 'uint8' }, { dtype: 'int32' }],
    [
      'an activation as a function',
      'Activation',
      { activation: { module: 'builtins', class_name: 'function', config: 'relu', registered_name: 'function' } },
      { activation: 'relu' },
    ],
    ['the slope of LeakyReLU', 'LeakyReLU', { negative_slope: 0.1 }, { alpha: 0.1 }],
    ['the slope of ReLU', 'ReLU', { negative_slope: 0.1, threshold: 0, max_value: null }, { className: 'LeakyReLU' }],
    ['the threshold of ReLU', 'ReLU', { negative_slope: 0, threshold: 2, max_value: null }, { theta: 2 }],
    ['the maximum of ReLU', 'ReLU', { negative_slope: 0, threshold: 0, max_value: 6 }, { max_value: 6 }],
    ['an identity', 'Identity', {}, { className: 'PassThrough' }],
    [
      'a regularizer',
      'Dense',
      { kernel_regularizer: { class_name: 'L2', config: { l2: 0.1 } } },
      { kernel_regularizer: null },
    ],
    [
      'a layer in both directions',
      'Bidirectional',
      { layer: layer('LSTM', 'forward_lstm', { units: 2 }) },
      { layer: { class_name: 'LSTM', config: { name: 'lstm', trainable: true, dtype: 'float32', units: 2 } } },
    ],
  ])('is understood with %s', (_, className, settings, expected) => {
    expect(settingsOf(className, settings)).toMatchObject(expected);
  });

  test.each([
    ['a Lambda', 'Lambda', {}, 'layer "it" is a Lambda'],
    ['two rules of ReLU', 'ReLU', { negative_slope: 0.1, threshold: 1 }, 'ReLU with more than one of'],
    ['groups', 'Conv2D', { groups: 2 }, 'Conv2D in groups (layer "it")'],
    ['causal padding', 'Conv1D', { padding: 'causal' }, 'Conv1D with causal padding (layer "it")'],
    ['quantised weights', 'Dense', { dtype: policy('int8', 'QuantizedDTypePolicy') }, 'quantised'],
    [
      'unlike directions',
      'Bidirectional',
      { layer: layer('LSTM', 'a', { units: 2 }), backward_layer: layer('LSTM', 'b', { units: 3, go_backwards: true }) },
      'Bidirectional with two unlike layers',
    ],
  ])('with %s is refused', (_, className, settings, problem) => {
    expect(() => settingsOf(className, settings)).toThrow(problem);
  });

  test('that is none is refused', () => {
    expect(rewriteTopology(topologyOf(sequential('m', ['Dense' as never])))).toEqual({
      ok: false,
      problem: 'a layer in the topology must be { class_name, config }, got "Dense"',
    });
  });
});

describe('a functional model', () => {
  test('has its calls as lists of references', () => {
    const joined = called(layer('Concatenate', 'joined'), [[tensor('a'), tensor('b')]]);
    const model = functional(
      'm',
      [called(input('a', [null, 2])), called(input('b', [null, 2])), joined, called(dense('d', 1), [tensor('joined')])],
      { first: ['a', 0, 0], second: ['b', 0, 0] },
      ['d', 0, 0],
    );

    expect(rewritten(model).config).toMatchObject({
      layers: [
        { name: 'a', inbound_nodes: [] },
        { name: 'b', inbound_nodes: [] },
        {
          name: 'joined',
          inbound_nodes: [
            [
              ['a', 0, 0, {}],
              ['b', 0, 0, {}],
            ],
          ],
        },
        { name: 'd', inbound_nodes: [[['joined', 0, 0, {}]]] },
      ],
      input_layers: [
        ['a', 0, 0],
        ['b', 0, 0],
      ],
      output_layers: [['d', 0, 0]],
    });
  });

  test('counts the calls of a nested model from the one that defined it', () => {
    const inner = sequential('inner', [input('i', [null, 2]), dense('d', 2)]);
    const model = functional(
      'm',
      [called(input('x', [null, 2])), called(inner, [tensor('x')], [tensor('inner', 0)])],
      [['x', 0, 0]],
      [['inner', 1, 0]],
    );

    expect(rewritten(model).config).toMatchObject({
      layers: [{}, { inbound_nodes: [[['x', 0, 0, {}]], [['inner', 1, 0, {}]]] }],
      output_layers: [['inner', 2, 0]],
    });
  });

  test('gives a nested layer a name of its own where the name is taken', () => {
    const inner = functional(
      'inner',
      [called(input('x', [null, 2])), called(dense('d', 2), [tensor('x')])],
      [['x', 0, 0]],
      [['d', 0, 0]],
    );
    const model = functional(
      'm',
      [called(input('x', [null, 2])), called(dense('d', 2), [tensor('x')]), called(inner, [tensor('d')])],
      [['x', 0, 0]],
      [['inner', 1, 0]],
    );

    expect(rewritten(model).config).toMatchObject({
      layers: [
        { name: 'x' },
        { name: 'd' },
        {
          name: 'inner',
          config: {
            layers: [
              { name: 'inner/x', config: { name: 'inner/x' } },
              { name: 'inner/d', inbound_nodes: [[['inner/x', 0, 0, {}]]] },
            ],
            output_layers: [['inner/d', 0, 0]],
          },
        },
      ],
    });
  });

  const operation = (className: string, ...args: readonly unknown[]) =>
    called({ module: 'keras.src.ops.numpy', class_name: className, config: { name: 'it' } }, args);

  test.each([
    ['Add', [tensor('x'), tensor('x')], { class_name: 'Add' }],
    ['TrueDivide', [tensor('x'), 4], { class_name: 'Rescaling', config: { scale: 0.25, offset: 0 } }],
    ['Subtract', [1, tensor('x')], { class_name: 'Rescaling', config: { scale: -1, offset: 1 } }],
    ['Tanh', [tensor('x')], { class_name: 'Activation', config: { activation: 'tanh' } }],
  ])('has the operation %s as a layer', (className, args, expected) => {
    const made = operation(className, ...args);
    const model = functional('m', [called(input('x', [null, 2])), made], [['x', 0, 0]], [['it', 0, 0]]);

    expect(rewritten(model).config.layers[1]).toMatchObject(expected);
  });

  test('leaves out masks that TensorFlow.js computes itself, and passes first states on', () => {
    const mask = called({ module: 'keras.src.ops.numpy', class_name: 'NotEqual', config: { name: 'not_equal' } }, [
      tensor('x'),
      0,
    ]);
    const lstm = called(layer('LSTM', 'it', { units: 2 }), [tensor('words')]);
    const kwargs = { mask: tensor('not_equal'), initial_state: [tensor('h'), tensor('c')], training: true };
    const model = functional(
      'm',
      [
        ...['x', 'h', 'c'].map((name) => called(input(name, [null, 2]))),
        called(layer('Embedding', 'words', { mask_zero: true }), [tensor('x')]),
        mask,
        { ...lstm, inbound_nodes: [{ args: [tensor('words')], kwargs }] },
      ],
      ['x', 'h', 'c'].map((name) => [name, 0, 0]),
      [['it', 0, 0]],
    );

    const { layers } = rewritten(model).config;
    expect(layers.map(({ config }) => config.name)).toEqual(['x', 'h', 'c', 'words', 'it']);
    expect(layers.at(-1)).toMatchObject({ inbound_nodes: [['words', 'h', 'c'].map((name) => [name, 0, 0, {}])] });
  });

  test.each([
    ['an operation without a layer', operation('Mean', tensor('x')), '"it" is the operation Mean'],
    ['a layer that it lacks', called(dense('it', 1), [tensor('y')]), 'a layer "y" that it does not have'],
    [
      'a tensor by name',
      { ...dense('it', 1), name: 'it', inbound_nodes: [{ args: [tensor('x')], kwargs: { mask: tensor('x') } }] },
      'layer "it" is called with a tensor as "mask"',
    ],
  ])('with %s is refused', (_, it, problem) => {
    expect(problemOf(it)).toContain(problem);
  });
});
