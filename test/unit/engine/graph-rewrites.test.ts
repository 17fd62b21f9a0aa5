import { realpath } from 'node:fs/promises';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openBackend } from '../../../server/engine/backend/backend.js';
import { BY_OWN_STATISTICS, rewriteGraph } from '../../../server/engine/tfjs/graph-rewrites.js';
import { readModelFiles } from '../../../server/engine/tfjs/model-files.js';
import { needsAsync, openTfjsModel, type TfjsModel } from '../../../server/engine/tfjs/tfjs-model.js';
import {
  constant,
  FLOAT,
  graphModel,
  node,
  placeholder,
  type Weight,
  withFolder,
  writeModel,
} from '../../support/tiny-models.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const fusedWith = (...ops: readonly string[]) => ({
  fused_ops: { list: { s: ops.map(base64) } },
  num_args: { i: '1' },
  transpose_a: { b: false },
  transpose_b: { b: false },
  T: FLOAT,
});

async function run(model: TfjsModel, x: Tensor): Promise<readonly Tensor[]> {
  try {
    return model.execute([x]);
  } catch (cause) {
    if (!needsAsync(cause)) throw cause;
    return (await model.executeAsync?.([x])) ?? [];
  }
}

/** What the graph answers to `x`, on plain JavaScript. */
async function answer(
  nodes: readonly object[],
  weights: readonly Weight[],
  [values, shape]: readonly [readonly number[], number[]],
  more: Readonly<Record<string, unknown>> = {},
): Promise<readonly number[]> {
  return withFolder(async (root) => {
    const folder = await realpath(root);
    await writeModel(folder, { ...graphModel(nodes), ...more }, [...weights]);
    const reading = await readModelFiles(folder, 'model.json');
    const opening = await openBackend('cpu');
    if (!reading.ok || !opening.ok) throw new Error('the model cannot be read');
    const { backend } = opening;
    await backend.activate();
    const model = await openTfjsModel(reading.files, backend);
    const x = backend.tf.tensor([...values], shape, 'float32');
    const outputs = await run(model, x);
    const numbers = [...(outputs[0]?.dataSync() ?? [])].map((value) => Number(value.toFixed(4)));
    backend.tf.dispose([x, ...outputs]);
    model.dispose();
    return numbers;
  });
}

test('a loop whose body waits for switches goes on to its end', async () => {
  const frame = { frame_name: { s: base64('loop') }, T: FLOAT };
  const enter = (name: string, of: string) => node(name, 'Enter', [of], frame);
  const nodes = [
    placeholder('x', [-1, 2]),
    constant('zero'),
    constant('one'),
    constant('three'),
    enter('i', 'zero'),
    enter('v', 'x'),
    node('merge_i', 'Merge', ['i', 'next_i']),
    node('merge_v', 'Merge', ['v', 'next_v']),
    node('less', 'Less', ['merge_i', 'three']),
    node('goes_on', 'LoopCond', ['less']),
    node('switch_i', 'Switch', ['merge_i', 'goes_on']),
    node('switch_v', 'Switch', ['merge_v', 'goes_on']),
    node('inside', 'Identity', ['switch_i:1']),
    node('body', 'NoOp', ['^switch_i', '^switch_v', '^inside']),
    node('more', 'AddV2', ['switch_i:1', 'one', '^body']),
    node('twice', 'AddV2', ['switch_v:1', 'switch_v:1', '^body']),
    node('next_i', 'NextIteration', ['more']),
    node('next_v', 'NextIteration', ['twice']),
    node('exit', 'Exit', ['switch_v']),
    node('y', 'Identity', ['exit']),
  ];
  const weights = [0, 1, 3].map((value, at) => ({
    name: ['zero', 'one', 'three'][at] ?? '',
    shape: [],
    values: [value],
  }));
  expect(
    await answer(nodes, weights, [
      [1, -2],
      [1, 2],
    ]),
  ).toEqual([8, -16]);
});

test('a normalisation by its own statistics takes those of its input, as a LayerNormalization is written', async () => {
  const attr = { is_training: { b: true }, epsilon: { f: 0 }, data_format: { s: base64('NCHW') }, T: FLOAT };
  const names = ['scale', 'offset', 'mean', 'variance'];
  const nodes = [
    placeholder('x', [1, 2, 2, 1]),
    ...names.map((name) => constant(name)),
    node('y', 'FusedBatchNormV3', ['x', ...names], attr),
  ];
  const weights = [
    { name: 'scale', shape: [2], values: [1, 10] },
    { name: 'offset', shape: [2], values: [0, 5] },
    { name: 'mean', shape: [0], values: [] },
    { name: 'variance', shape: [0], values: [] },
  ];
  expect(
    await answer(nodes, weights, [
      [1, 3, 8, 4],
      [1, 2, 2, 1],
    ]),
  ).toEqual([-1, 1, 15, -5]);
  const [last, served] = [nodes.at(-1), { ...nodes.at(-1), attr: { ...attr, is_training: { b: false } } }];
  expect(rewriteGraph({ node: [last, served] })).toEqual({ node: [{ ...last, op: BY_OWN_STATISTICS }, served] });
});

test('a fused activation that TensorFlow.js only has as an op becomes one, and others stay', async () => {
  const graph = (...ops: readonly string[]) => [
    placeholder('x', [-1, 2]),
    constant('w'),
    constant('b'),
    node('y', '_FusedMatMul', ['x', 'w', 'b'], fusedWith(...ops)),
  ];
  const weights = [
    { name: 'w', shape: [2, 1], values: [1, 10] },
    { name: 'b', shape: [1], values: [-11] },
  ];
  expect(
    await answer(graph('BiasAdd', 'Tanh'), weights, [
      [1, 1, 2, 1],
      [2, 2],
    ]),
  ).toEqual([0, 0.7616]);
  const nodes = graph('BiasAdd', 'Relu');
  expect(rewriteGraph({ node: nodes })).toEqual({ node: nodes });
  expect(rewriteGraph({ node: [], library: { function: [{ nodeDef: graph('BiasAdd', 'Tanh') }] } })).toMatchObject({
    library: { function: [{ nodeDef: [{}, {}, {}, { name: 'y/without_Tanh' }, { name: 'y', op: 'Tanh' }] }] },
  });
});

test('a sum that was taken for a bias is added as it is, before its activation', async () => {
  const nodes = [
    placeholder('x', [-1, 2]),
    constant('w'),
    node('sum', 'MatMul', ['x', 'w'], { T: FLOAT }),
    node('y', '_FusedMatMul', ['x', 'w', 'sum'], fusedWith('BiasAdd', 'Relu')),
  ];
  const weights = [{ name: 'w', shape: [2, 1], values: [1, 10] }];
  expect(
    await answer(nodes, weights, [
      [1, 1, -2, 0],
      [2, 2],
    ]),
  ).toEqual([22, 0]);
  expect(rewriteGraph({ node: nodes })).toMatchObject({
    node: [{}, {}, {}, { op: 'MatMul' }, { op: 'AddV2', input: ['y/product', 'sum'] }, { op: 'Relu' }],
  });
});

test('a table answers in the shape of its keys, at every run, and is no input of the model', async () => {
  const resource = (name: string) => node(name, 'Placeholder', [], { dtype: { type: 'DT_RESOURCE' } });
  const types = { key_dtype: FLOAT, value_dtype: FLOAT };
  const tensorShape = {};
  const info = { name: 'table:0', dtype: 'DT_RESOURCE', tensorShape, resourceId: 5 };
  const nodes = [
    placeholder('x', [-1, 2]),
    resource('table'),
    constant('none'),
    node('y', 'LookupTableFindV2', ['table', 'x', 'none'], { Tin: FLOAT, Tout: FLOAT }),
  ];
  const start = [
    constant('keys'),
    constant('values'),
    node('made', 'HashTableV2', [], { ...types, shared_name: { s: base64('t') } }),
    node('filled', 'LookupTableImportV2', ['made', 'keys', 'values'], { Tin: FLOAT, Tout: FLOAT }),
    node('out', 'Identity', ['made', '^filled']),
  ];
  const weights = [
    { name: 'none', shape: [], values: [-1] },
    { name: 'keys', shape: [2], values: [3, 4] },
    { name: 'values', shape: [2], values: [30, 40] },
  ];
  const more = {
    modelInitializer: { node: start, versions: {} },
    initializerSignature: { outputs: { 'out:0': { ...info, name: 'out:0' } } },
    signature: { inputs: { x: { name: 'x:0' }, 'table:0': info }, outputs: { y: { name: 'y:0' } } },
  };
  expect(
    await answer(
      nodes,
      weights,
      [
        [3, 4, 5, 3],
        [2, 2],
      ],
      more,
    ),
  ).toEqual([30, 40, -1, 30]);
});
