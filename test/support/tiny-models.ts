/** Small TensorFlow.js models written as files, without TensorFlow, so that a test knows every weight. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** @default float32 */
  readonly dtype?: 'int32';
}

/** A folder that is removed when the callback is done. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
}

/** Writes model.json and weights.bin. */
export async function writeModel(
  folder: string,
  model: Record<string, unknown>,
  weights: readonly Weight[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const specs = weights.map(({ name, shape, dtype = 'float32' }) => ({ name, shape, dtype }));
  const weightsManifest = weights.length === 0 ? [] : [{ paths: ['weights.bin'], weights: specs }];
  await writeJson(join(folder, 'model.json'), { ...model, weightsManifest });
  if (weights.length > 0) {
    const arrays = weights.map(({ values, dtype }) => (dtype === 'int32' ? Int32Array : Float32Array).from(values));
    await writeFile(join(folder, 'weights.bin'), Buffer.concat(arrays.map(({ buffer }) => new Uint8Array(buffer))));
  }
}

export function layersModel(className: string, config: Record<string, unknown>): Record<string, unknown> {
  const modelTopology = {
    class_name: className,
    config,
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
  return { format: 'layers-model', modelTopology };
}

function dense(name: string, units: number, activation: string, input?: readonly (number | null)[]): object {
  const config = { name, units, activation, use_bias: true, dtype: 'float32' };
  return { class_name: 'Dense', config: input === undefined ? config : { ...config, batch_input_shape: input } };
}

/** `y = weight * x + bias`, input and output `[rows, 1]`. */
export async function writeLinear(folder: string, weight = 2, bias = 1): Promise<void> {
  const model = layersModel('Sequential', { name: 'linear', layers: [dense('dense', 1, 'linear', [null, 1])] });
  await writeModel(folder, model, [
    { name: 'dense/kernel', shape: [1, 1], values: [weight] },
    { name: 'dense/bias', shape: [1], values: [bias] },
  ]);
}

/** `y[i] = weight * x` for `width` values of `i`: an answer of any size. */
export async function writeWide(folder: string, width: number, weight: number): Promise<void> {
  const model = layersModel('Sequential', { name: 'wide', layers: [dense('dense', width, 'linear', [null, 1])] });
  await writeModel(folder, model, [
    { name: 'dense/kernel', shape: [1, width], values: Array(width).fill(weight) },
    { name: 'dense/bias', shape: [width], values: Array(width).fill(0) },
  ]);
}

/** The mean of each channel of an image: `[rows, size, size, 3]` to `[rows, 3]`. */
export async function writeChannelMeans(folder: string, size: number): Promise<void> {
  const config = { name: 'means', dtype: 'float32', data_format: 'channels_last' };
  const layer = {
    class_name: 'GlobalAveragePooling2D',
    config: { ...config, batch_input_shape: [null, size, size, 3] },
  };
  await writeModel(folder, layersModel('Sequential', { name: 'image', layers: [layer] }), []);
}

/** Numbers in [-0.5, 0.5), the same for the same seed. */
export function seededNumbers(count: number, seed: number): readonly number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/** A multi-layer perceptron: relu in between, softmax at the end. `batch`: a fixed batch dimension. */
export async function writeMlp(
  folder: string,
  sizes: readonly number[],
  batch: number | null = null,
): Promise<readonly Weight[]> {
  const weights: Weight[] = [];
  const layers = sizes.slice(1).map((units, index) => {
    const inputs = sizes[index] ?? 0;
    const name = `dense_${index}`;
    const scale = 2 / Math.sqrt(inputs);
    const kernel = seededNumbers(inputs * units, index + 1).map((value) => value * scale);
    weights.push({ name: `${name}/kernel`, shape: [inputs, units], values: kernel });
    weights.push({ name: `${name}/bias`, shape: [units], values: seededNumbers(units, 100 + index) });
    const activation = index === sizes.length - 2 ? 'softmax' : 'relu';
    return dense(name, units, activation, index === 0 ? [batch, inputs] : undefined);
  });
  await writeModel(folder, layersModel('Sequential', { name: 'mlp', layers }), weights);
  return weights;
}

/** The result of {@link writeMlp} for one row. */
export function mlp(weights: readonly Weight[], row: readonly number[]): readonly number[] {
  let values = row;
  for (let layer = 0; layer < weights.length; layer += 2) {
    const kernel = weights[layer]?.values ?? [];
    const bias = weights[layer + 1]?.values ?? [];
    const sums = bias.map((start, unit) => {
      return values.reduce((sum, value, index) => sum + value * (kernel[index * bias.length + unit] ?? 0), start);
    });
    values = layer === weights.length - 2 ? softmax(sums) : sums.map((sum) => Math.max(0, sum));
  }
  return values;
}

function softmax(values: readonly number[]): readonly number[] {
  const exps = values.map((value) => Math.exp(value));
  const sum = exps.reduce((total, exp) => total + exp, 0);
  return exps.map((exp) => exp / sum);
}

/** Inputs `a` [2] and `b` [1], outputs `sum` = a0 + a1 + b and `twice` = 2 * (a0 + a1 + b). */
export async function writeTwoInputs(folder: string): Promise<void> {
  const input = (name: string, size: number) => ({
    class_name: 'InputLayer',
    name,
    config: { name, batch_input_shape: [null, size], dtype: 'float32', sparse: false },
    inbound_nodes: [],
  });
  const named = (layer: object, name: string, from: readonly string[]) => ({
    ...layer,
    name,
    inbound_nodes: [from.map((source) => [source, 0, 0, {}])],
  });
  const config = {
    name: 'two',
    layers: [
      input('a', 2),
      input('b', 1),
      named({ class_name: 'Concatenate', config: { name: 'joined', axis: -1 } }, 'joined', ['a', 'b']),
      named(dense('sum', 1, 'linear'), 'sum', ['joined']),
      named(dense('twice', 1, 'linear'), 'twice', ['sum']),
    ],
    input_layers: ['a', 'b'].map((name) => [name, 0, 0]),
    output_layers: ['sum', 'twice'].map((name) => [name, 0, 0]),
  };
  await writeModel(folder, layersModel('Model', config), [
    { name: 'sum/kernel', shape: [3, 1], values: [1, 1, 1] },
    { name: 'sum/bias', shape: [1], values: [0] },
    { name: 'twice/kernel', shape: [1, 1], values: [2] },
    { name: 'twice/bias', shape: [1], values: [0] },
  ]);
}

export function node(
  name: string,
  op: string,
  input: readonly string[] = [],
  attr: Record<string, unknown> = {},
): object {
  return { name, op, input, attr };
}

export const FLOAT = { type: 'DT_FLOAT' };

export function placeholder(name: string, dims: readonly number[] | null): object {
  const shape = dims && { shape: { shape: { dim: dims.map((size) => ({ size: String(size) })) } } };
  return node(name, 'Placeholder', [], { dtype: FLOAT, ...shape });
}

export function constant(name: string, type = 'DT_FLOAT'): object {
  return node(name, 'Const', [], { dtype: { type } });
}

export function graphModel(nodes: readonly object[]): Record<string, unknown> {
  return { format: 'graph-model', modelTopology: { node: nodes, library: {}, versions: { producer: 1 } } };
}

/** Graph: input `x` [2], output `y` [1] = x0 + 10 * x1. `dims`: the placeholder's shape; null: unspecified. */
export async function writeGraph(folder: string, dims: readonly number[] | null = [-1, 2]): Promise<void> {
  const nodes = [placeholder('x', dims), constant('w'), node('y', 'MatMul', ['x', 'w'], { T: FLOAT })];
  await writeModel(folder, graphModel(nodes), [{ name: 'w', shape: [2, 1], values: [1, 10] }]);
}

/**
 * Graph with an operation whose output size depends on values: input `x` [2], output `y` [2] = x, positive numbers
 * counted on the way.
 */
export async function writeDynamicGraph(folder: string): Promise<void> {
  const nodes = [
    placeholder('x', [-1, 2]),
    constant('zero'),
    node('positive', 'Greater', ['x', 'zero']),
    node('where', 'Where', ['positive']),
    node('places', 'Cast', ['where'], { SrcT: { type: 'DT_INT32' }, DstT: FLOAT }),
    node('nothing', 'Mul', ['places', 'zero']),
    constant('axes', 'DT_INT32'),
    node('none', 'Sum', ['nothing', 'axes'], { keep_dims: { b: false } }),
    node('y', 'AddV2', ['x', 'none']),
  ];
  await mkdir(folder, { recursive: true });
  const weights = [
    { name: 'zero', shape: [], dtype: 'float32' },
    { name: 'axes', shape: [2], dtype: 'int32' },
  ];
  const weightsManifest = [{ paths: ['weights.bin'], weights }];
  await writeJson(join(folder, 'model.json'), { ...graphModel(nodes), weightsManifest });
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(Int32Array.from([0, 0, 1]).buffer));
}

/** Like {@link writeGraph}, with an operation that the wasm backend lacks. */
export async function writeEinsumGraph(folder: string): Promise<void> {
  const attr = { equation: { s: Buffer.from('ab,bc->ac').toString('base64') }, N: { i: '2' }, T: FLOAT };
  const nodes = [placeholder('x', [-1, 2]), constant('w'), node('y', 'Einsum', ['x', 'w'], attr)];
  await writeModel(folder, graphModel(nodes), [{ name: 'w', shape: [2, 1], values: [1, 10] }]);
}

/** Graph whose input is strings. */
export async function writeStringGraph(folder: string): Promise<void> {
  const words = node('words', 'Placeholder', [], {
    dtype: { type: 'DT_STRING' },
    shape: { shape: { dim: [{ size: '-1' }] } },
  });
  await writeModel(folder, graphModel([words, node('y', 'Identity', ['words'])]), []);
}

/** Inputs `ids` (int32) and `weights`, both [length], open where null; output [2]: the weighted sum of [id, -id]. */
export async function writeEmbedding(folder: string, words: number, length: number | null): Promise<void> {
  const input = (name: string, dtype: string) => ({
    class_name: 'InputLayer',
    name,
    config: { name, batch_input_shape: [null, length], dtype, sparse: false },
    inbound_nodes: [],
  });
  const layer = (className: string, name: string, from: readonly string[], settings: object) => ({
    class_name: className,
    name,
    config: { name, ...settings },
    inbound_nodes: [from.map((source) => [source, 0, 0, {}])],
  });
  const config = {
    name: 'embedding',
    layers: [
      input('ids', 'int32'),
      input('weights', 'float32'),
      layer('Embedding', 'table', ['ids'], { input_dim: words, output_dim: 2, mask_zero: false }),
      layer('Dot', 'sum', ['table', 'weights'], { axes: 1, normalize: false }),
    ],
    input_layers: ['ids', 'weights'].map((name) => [name, 0, 0]),
    output_layers: [['sum', 0, 0]],
  };
  const values = Array.from({ length: words }, (_, id) => [id, -id]).flat();
  await writeModel(folder, layersModel('Model', config), [{ name: 'table/embeddings', shape: [words, 2], values }]);
}

/** Input `ids` (int32) [length]; output [length]: each id times ten. */
export async function writeIdModel(folder: string, words: number, length: number): Promise<void> {
  const layer = (className: string, name: string, from: string | undefined, settings: object) => ({
    class_name: className,
    name,
    config: { name, ...settings },
    inbound_nodes: from === undefined ? [] : [[[from, 0, 0, {}]]],
  });
  const config = {
    name: 'ids',
    layers: [
      layer('InputLayer', 'ids', undefined, { batch_input_shape: [null, length], dtype: 'int32', sparse: false }),
      layer('Embedding', 'table', 'ids', { input_dim: words, output_dim: 1, mask_zero: false }),
      layer('Flatten', 'flat', 'table', {}),
    ],
    input_layers: [['ids', 0, 0]],
    output_layers: [['flat', 0, 0]],
  };
  const values = Array.from({ length: words }, (_, id) => 10 * id);
  await writeModel(folder, layersModel('Model', config), [{ name: 'table/embeddings', shape: [words, 1], values }]);
}

/**
 * Graph: input `x` [2], outputs `inverse` [2] = 1 / (1 - x) and `exponentials` [2] = exp(x). At 1 the first is
 * infinite, from 89 on the second; at zeros both are 1.
 */
export async function writeReciprocal(folder: string): Promise<void> {
  const nodes = [
    placeholder('x', [-1, 2]),
    constant('one'),
    node('rest', 'Sub', ['one', 'x'], { T: FLOAT }),
    node('inverse', 'RealDiv', ['one', 'rest'], { T: FLOAT }),
    node('exponentials', 'Exp', ['x'], { T: FLOAT }),
  ];
  await writeModel(folder, graphModel(nodes), [{ name: 'one', shape: [], values: [1] }]);
}

/** Graph with scores of two labels: input `x` [2], output `shares` [2] = (1 - x) / (1 - x): 1, but NaN where x is. */
export async function writeShares(folder: string): Promise<void> {
  const nodes = [
    placeholder('x', [-1, 2]),
    constant('one'),
    node('rest', 'Sub', ['one', 'x'], { T: FLOAT }),
    node('shares', 'RealDiv', ['rest', 'rest'], { T: FLOAT }),
  ];
  await writeModel(folder, graphModel(nodes), [{ name: 'one', shape: [], values: [1] }]);
  await writeJson(join(folder, 'manifest.json'), { labels: ['left', 'right'] });
}

/** Graph whose rows depend on each other: input `x` [1], output `y` [1] = 2 * x less the mean of x over the batch. */
export async function writeCentred(folder: string): Promise<void> {
  const nodes = [
    placeholder('x', [-1, 1]),
    constant('axes', 'DT_INT32'),
    node('mean', 'Mean', ['x', 'axes'], { keep_dims: { b: true }, T: FLOAT }),
    node('rest', 'Sub', ['x', 'mean'], { T: FLOAT }),
    node('y', 'AddV2', ['rest', 'x'], { T: FLOAT }),
  ];
  await mkdir(folder, { recursive: true });
  const weightsManifest = [{ paths: ['weights.bin'], weights: [{ name: 'axes', shape: [1], dtype: 'int32' }] }];
  await writeJson(join(folder, 'model.json'), { ...graphModel(nodes), weightsManifest });
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(Int32Array.from([0]).buffer));
}
