/**
 * The bench's models as ONNX, with the weights of the layers models: the layout of weights is ONNX's, the answers are
 * the same. Knows both layouts; knows no files.
 */

import type { DenseLayer } from '../../servers/mlp.js';
import { type LayersName, TOKENS } from './layers-models.js';
import { OnnxGraph, type Weight } from './onnx-graph.js';

export function onnxPerceptron(layers: readonly DenseLayer[]): Uint8Array {
  const graph = new OnnxGraph('float32', [layers[0]?.inputs ?? 0]);
  let value: string = graph.input;
  for (const { inputs, units, activation, kernel, bias } of layers) {
    value = dense(graph, value, { shape: [inputs, units], values: kernel }, { shape: [units], values: bias });
    value = graph.op(activation === 'relu' ? 'Relu' : 'Softmax', [value]);
  }
  return graph.finish(value, [layers.at(-1)?.units ?? 0]);
}

/** @param weights as `writeLayersModel` returns them */
export function onnxModel(name: LayersName, weights: readonly Weight[]): Uint8Array {
  const at = (index: number): Weight => {
    const weight = weights[index];
    if (weight === undefined) throw new Error(`the model ${name} has no weight ${index}`);
    return weight;
  };
  return MODELS[name](at);
}

const MODELS: Readonly<Record<LayersName, (at: (index: number) => Weight) => Uint8Array>> = {
  conv1d(at) {
    const graph = new OnnxGraph('float32', [1, 128]);
    const first = conv(graph, graph.input, at(0), at(1), {});
    const second = conv(graph, first, at(2), at(3), { strides: [2] });
    const mean = graph.op('ReduceMean', [second], { axes: [2], keepdims: 0 });
    return graph.finish(graph.op('Softmax', [dense(graph, mean, at(4), at(5))]), [3]);
  },
  image(at) {
    const graph = new OnnxGraph('float32', [1, 28, 28]);
    const first = conv(graph, graph.input, at(0), at(1), {});
    const pooled = graph.op('MaxPool', [first], { kernel_shape: [2, 2], strides: [2, 2] });
    const second = conv(graph, pooled, at(2), at(3), {});
    const mean = graph.op('ReduceMean', [second], { axes: [2, 3], keepdims: 0 });
    return graph.finish(graph.op('Softmax', [dense(graph, mean, at(4), at(5))]), [10]);
  },
  lstm(at) {
    const units = at(1).shape[0] ?? 0;
    const graph = new OnnxGraph('float32', [10, at(0).shape[0] ?? 0]);
    // Steps before rows, as the op takes them.
    const steps = graph.op('Transpose', [graph.input], { perm: [1, 0, 2] });
    const bias = gates(at(2), units);
    const last = graph.opAt(
      1,
      'LSTM',
      [
        steps,
        graph.floats(leading(transposed(gates(at(0), units), [1, 0]))),
        graph.floats(leading(transposed(gates(at(1), units), [1, 0]))),
        // ONNX has a second bias.
        graph.floats({
          shape: [1, 8 * units],
          values: Float32Array.from([...bias.values, ...new Float32Array(4 * units)]),
        }),
      ],
      { hidden_size: units },
    );
    const state = graph.op('Squeeze', [last, graph.integers([0])]);
    return graph.finish(graph.op('Softmax', [dense(graph, state, at(3), at(4))]), [3]);
  },
  embedding(at) {
    const graph = new OnnxGraph('int32', [TOKENS]);
    const rows = graph.op('Gather', [graph.floats(at(0)), graph.input]);
    const mean = graph.op('ReduceMean', [rows], { axes: [1], keepdims: 0 });
    const hidden = graph.op('Relu', [dense(graph, mean, at(1), at(2))]);
    return graph.finish(graph.op('Softmax', [dense(graph, hidden, at(3), at(4))]), [3]);
  },
};

function dense(graph: OnnxGraph, value: string, kernel: Weight, bias: Weight): string {
  return graph.op('Gemm', [value, graph.floats(kernel), graph.floats(bias)]);
}

/** TensorFlow.js has filters as `[...sizes, inputs, outputs]`, ONNX as `[outputs, inputs, ...sizes]`. */
function conv(
  graph: OnnxGraph,
  value: string,
  filters: Weight,
  bias: Weight,
  attributes: Readonly<Record<string, readonly number[]>>,
): string {
  const sizes = filters.shape.length - 2;
  const order = [sizes + 1, sizes, ...Array.from({ length: sizes }, (_, axis) => axis)];
  const kernel = transposed(filters, order);
  const inputs = [value, graph.floats(kernel), graph.floats(bias)];
  return graph.op('Relu', [graph.op('Conv', inputs, { kernel_shape: kernel.shape.slice(2), ...attributes })]);
}

/** Along the last dimension, TensorFlow.js has the gates input, forget, cell, output; ONNX input, output, forget, cell. */
function gates({ shape, values }: Weight, units: number): Weight {
  const moved = new Float32Array(values.length);
  for (let row = 0; row < values.length; row += 4 * units) {
    for (const [to, from] of [0, 3, 1, 2].entries())
      moved.set(values.subarray(row + from * units, row + (from + 1) * units), row + to * units);
  }
  return { shape, values: moved };
}

/** For one direction. */
function leading({ shape, values }: Weight): Weight {
  return { shape: [1, ...shape], values };
}

export function transposed({ shape, values }: Weight, order: readonly number[]): Weight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const to = order.map((axis) => shape[axis] ?? 0);
  const moved = Float32Array.from(values, (_, index) => {
    let [rest, from] = [index, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const size = to[axis] ?? 1;
      from += (rest % size) * (strides[order[axis] ?? 0] ?? 0);
      rest = Math.floor(rest / size);
    }
    return values[from] ?? 0;
  });
  return { shape: to, values: moved };
}
