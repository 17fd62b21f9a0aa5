/** A perceptron as a SavedModel with a signature, written without TensorFlow. Knows the fields of its messages. */

import type { DenseLayer } from '../../servers/mlp.js';
import { bytesOfFloats, field, integerField, join } from './protobuf.js';

/** TensorFlow's DataType, and the version of graphs since TensorFlow 2.9. */
const [FLOAT, PRODUCER] = [1, 1087] as const;
const [INPUT, OUTPUT] = ['x', 'y'] as const;

/** The content of `saved_model.pb`. */
export function savedPerceptron(layers: readonly DenseLayer[]): Uint8Array {
  const inputs = layers[0]?.inputs ?? 0;
  const nodes = [
    node(INPUT, 'Placeholder', [], { dtype: typed(FLOAT), shape: field(7, shapeOf([-1, inputs])) }),
    ...layers.flatMap((layer, at) => dense(layer, at === 0 ? INPUT : (layers[at - 1]?.name ?? ''))),
    node(OUTPUT, 'Identity', [layers.at(-1)?.name ?? ''], { T: typed(FLOAT) }),
  ];
  const graph = join([...nodes.map((one) => field(1, one)), field(4, integerField(1, PRODUCER))]);
  const signature = join([
    field(1, entry(INPUT, tensorInfo(INPUT, [-1, inputs]))),
    field(2, entry(OUTPUT, tensorInfo(OUTPUT, [-1, layers.at(-1)?.units ?? 0]))),
    field(3, 'tensorflow/serving/predict'),
  ]);
  const meta = join([field(1, field(4, 'serve')), field(2, graph), field(5, entry('serving_default', signature))]);
  return join([integerField(1, 1), field(2, meta)]);
}

function dense({ name, inputs, units, activation, kernel, bias }: DenseLayer, from: string): readonly Uint8Array[] {
  const T = typed(FLOAT);
  return [
    constant(`${name}/kernel`, [inputs, units], kernel),
    constant(`${name}/bias`, [units], bias),
    node(`${name}/product`, 'MatMul', [from, `${name}/kernel`], { T }),
    node(`${name}/sum`, 'BiasAdd', [`${name}/product`, `${name}/bias`], { T }),
    node(name, activation === 'relu' ? 'Relu' : 'Softmax', [`${name}/sum`], { T }),
  ];
}

function constant(name: string, shape: readonly number[], values: Float32Array): Uint8Array {
  const tensor = join([integerField(1, FLOAT), field(2, shapeOf(shape)), field(4, bytesOfFloats(values))]);
  return node(name, 'Const', [], { dtype: typed(FLOAT), value: field(8, tensor) });
}

function node(
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, Uint8Array>>,
): Uint8Array {
  return join([
    field(1, name),
    field(2, op),
    ...inputs.map((input) => field(3, input)),
    ...Object.entries(attributes).map(([key, value]) => field(5, entry(key, value))),
  ]);
}

/** Of a map. */
function entry(key: string, value: Uint8Array): Uint8Array {
  return join([field(1, key), field(2, value)]);
}

function typed(type: number): Uint8Array {
  return integerField(6, type);
}

function shapeOf(sizes: readonly number[]): Uint8Array {
  return join(sizes.map((size) => field(2, integerField(1, size))));
}

function tensorInfo(node: string, shape: readonly number[]): Uint8Array {
  return join([field(1, `${node}:0`), integerField(2, FLOAT), field(3, shapeOf(shape))]);
}
