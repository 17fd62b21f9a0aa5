/** Small models of token ids as files: one with attention, one of layers; and their manifests. */

import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { graphModel, layersModel, node, seededNumbers, type Weight, writeJson, writeModel } from './tiny-models.js';
import { KINDS, TOKENIZERS } from './tokenizers.js';

const WIDTH = 8;
const LABELS = 2;
const FLOAT = { type: 'DT_FLOAT' };
const INT = { type: 'DT_INT32' };

/** Beside a model: the tokenizer of fixtures/tokenizers, and the manifest that names it. */
export async function writeTokenizer(
  folder: string,
  kind: string,
  maxLength: number,
  more: object = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(TOKENIZERS, `${kind}.json`), join(folder, 'tokenizer.json'));
  const featuriser = { name: KINDS[kind], file: 'tokenizer.json', maxLength, ...more };
  await writeJson(join(folder, 'manifest.json'), { input: { kind: 'text', featuriser }, labels: ['no', 'yes'] });
}

/**
 * Graph with one head of self-attention: `input_ids` and `attention_mask` (int32) [any], output `scores` [2], or
 * `contexts` [any, 8], one for each token. What the mask leaves out does not count.
 */
export async function writeAttention(
  folder: string,
  words: number,
  output: 'scores' | 'contexts' = 'scores',
): Promise<void> {
  const any = { shape: { dim: [{ size: '-1' }, { size: '-1' }] } };
  const input = (name: string) => node(name, 'Placeholder', [], { dtype: INT, shape: any });
  const constant = (name: string, dtype: object) => node(name, 'Const', [], { dtype });
  const float = (name: string, op: string, inputs: readonly string[], attr: object = {}) =>
    node(name, op, inputs, { T: FLOAT, ...attr });
  const nodes = [
    input('input_ids'),
    input('attention_mask'),
    constant('table', FLOAT),
    constant('head', FLOAT),
    constant('one', FLOAT),
    constant('large', FLOAT),
    ...['zero', 'first', 'second', 'axis'].map((name) => constant(name, INT)),
    node('vectors', 'GatherV2', ['table', 'input_ids', 'zero'], { Tparams: FLOAT, Tindices: INT, Taxis: INT }),
    node('mask', 'Cast', ['attention_mask'], { SrcT: INT, DstT: FLOAT }),
    float('absent', 'Sub', ['mask', 'one']),
    float('penalty', 'Mul', ['absent', 'large']),
    float('penalties', 'ExpandDims', ['penalty', 'first'], { Tdim: INT }),
    float('alike', 'BatchMatMulV2', ['vectors', 'vectors'], { adj_x: { b: false }, adj_y: { b: true } }),
    float('looks', 'AddV2', ['alike', 'penalties']),
    float('shares', 'Softmax', ['looks']),
    float('contexts', 'BatchMatMulV2', ['shares', 'vectors'], { adj_x: { b: false }, adj_y: { b: false } }),
    ...(output === 'contexts'
      ? []
      : [
          float('masks', 'ExpandDims', ['mask', 'second'], { Tdim: INT }),
          float('kept', 'Mul', ['contexts', 'masks']),
          float('sum', 'Sum', ['kept', 'axis'], { keep_dims: { b: false }, Tidx: INT }),
          float('count', 'Sum', ['mask', 'axis'], { keep_dims: { b: true }, Tidx: INT }),
          float('mean', 'RealDiv', ['sum', 'count']),
          float('logits', 'MatMul', ['mean', 'head'], { transpose_a: { b: false }, transpose_b: { b: false } }),
          float('scores', 'Softmax', ['logits']),
        ]),
  ];
  const int = (name: string, shape: readonly number[], values: readonly number[]): Weight => ({
    name,
    shape,
    values,
    dtype: 'int32',
  });
  const weights = [
    { name: 'table', shape: [words, WIDTH], values: seededNumbers(words * WIDTH, 1).map((value) => 4 * value) },
    { name: 'head', shape: [WIDTH, LABELS], values: seededNumbers(WIDTH * LABELS, 2).map((value) => 4 * value) },
    { name: 'one', shape: [], values: [1] },
    { name: 'large', shape: [], values: [1e9] },
    int('zero', [], [0]),
    int('first', [], [1]),
    int('second', [], [2]),
    int('axis', [1], [1]),
  ];
  const used =
    output === 'contexts' ? weights.filter(({ name }) => !['head', 'second', 'axis'].includes(name)) : weights;
  await writeModel(folder, graphModel(nodes.filter((one) => isUsed(one, used))), used);
}

function isUsed(one: object, weights: readonly Weight[]): boolean {
  const { op, name } = one as { op: string; name: string };
  return op !== 'Const' || weights.some((weight) => weight.name === name);
}

/**
 * Layers: `input_ids` and `attention_mask` (float32 both, as layers declare them) [length], or open; output [2]. The sum
 * of the vectors of the tokens that the mask has, normalised, which is the same for their average.
 */
export async function writeMaskedSum(folder: string, words: number, length: number | null = null): Promise<void> {
  const input = (name: string) => ({
    class_name: 'InputLayer',
    name,
    config: { name, batch_input_shape: [null, length], dtype: 'float32', sparse: false },
    inbound_nodes: [],
  });
  const layer = (className: string, name: string, from: readonly string[], settings: object) => ({
    class_name: className,
    name,
    config: { name, ...settings },
    inbound_nodes: [from.map((source) => [source, 0, 0, {}])],
  });
  const config = {
    name: 'masked',
    layers: [
      input('input_ids'),
      input('attention_mask'),
      layer('Embedding', 'table', ['input_ids'], { input_dim: words, output_dim: WIDTH, mask_zero: false }),
      layer('Dot', 'sum', ['table', 'attention_mask'], { axes: 1, normalize: false }),
      layer('LayerNormalization', 'normal', ['sum'], { axis: -1, epsilon: 1e-6, center: false, scale: false }),
      layer('Dense', 'head', ['normal'], { units: LABELS, activation: 'softmax', use_bias: false }),
    ],
    // Not in the order of the featuriser.
    input_layers: ['attention_mask', 'input_ids'].map((name) => [name, 0, 0]),
    output_layers: [['head', 0, 0]],
  };
  await writeModel(folder, layersModel('Model', config), [
    { name: 'table/embeddings', shape: [words, WIDTH], values: seededNumbers(words * WIDTH, 1) },
    { name: 'head/kernel', shape: [WIDTH, LABELS], values: seededNumbers(WIDTH * LABELS, 2) },
  ]);
}
