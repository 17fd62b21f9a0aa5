/** Models as people bring them that take no batch of any size: fixed, stateful, with constants, strings, or one backend only. */

import { constant, FLOAT, graphModel, layersModel, node, placeholder, writeModel } from './tiny-models.js';

/** y = x * rate, `rate` a scalar input of unspecified shape. */
export async function writeRate(folder: string, dims: readonly number[] | null = null): Promise<void> {
  const nodes = [placeholder('x', [-1, 2]), placeholder('rate', dims), node('y', 'Mul', ['x', 'rate'], { T: FLOAT })];
  await writeModel(folder, graphModel(nodes), []);
}

/** One step of a state that starts at 0: the sum of three numbers, and of those before if the state is kept. */
export async function writeStateful(folder: string): Promise<void> {
  const config = { name: 'rnn', batch_input_shape: [1, 3, 1], dtype: 'float32', units: 1, activation: 'linear' };
  const rnn = { class_name: 'SimpleRNN', config: { ...config, use_bias: false, stateful: true } };
  await writeModel(folder, layersModel('Sequential', { name: 'stateful', layers: [rnn] }), [
    { name: 'rnn/kernel', shape: [1, 1], values: [1] },
    { name: 'rnn/recurrent_kernel', shape: [1, 1], values: [1] },
  ]);
}

/** The number of 1000 places that a text hashes to; strings of shape `[rows, ...sizes]`. */
export async function writeTextHash(folder: string, sizes: readonly number[] = []): Promise<void> {
  const dim = [-1, ...sizes].map((size) => ({ size: String(size) }));
  const text = node('text', 'Placeholder', [], { dtype: { type: 'DT_STRING' }, shape: { shape: { dim } } });
  const hash = node('y', 'StringToHashBucketFast', ['text'], { num_buckets: { i: '1000' } });
  await writeModel(folder, graphModel([text, hash]), []);
}

/** A convolution of 4x4 whose bias has rank 4, which wasm refuses and cpu computes. */
export async function writeRankFour(folder: string): Promise<void> {
  const ones = { list: { i: ['1', '1', '1', '1'] } };
  const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
  const attr = { T: FLOAT, strides: ones, dilations: ones, data_format: text('NHWC'), padding: text('SAME') };
  const fused = { num_args: { i: '1' }, fused_ops: { list: { s: [text('BiasAdd').s] } }, epsilon: { f: 0 } };
  const conv = node('y', '_FusedConv2D', ['x', 'k', 'b'], { ...attr, ...fused });
  await writeModel(folder, graphModel([placeholder('x', [-1, 4, 4, 1]), constant('k'), constant('b'), conv]), [
    { name: 'k', shape: [1, 1, 1, 1], values: [2] },
    { name: 'b', shape: [1, 1, 1, 1], values: [1] },
  ]);
}

/** The mean of two numbers over any number of steps: input `[steps, 2]`, output `[2]`. */
export async function writeMeans(folder: string): Promise<void> {
  const config = { name: 'means', batch_input_shape: [null, null, 2], dtype: 'float32' };
  const layer = { class_name: 'GlobalAveragePooling1D', config };
  await writeModel(folder, layersModel('Sequential', { name: 'any', layers: [layer] }), []);
}
