/** A transformer encoder as ONNX, of the size of a small text classifier, with seeded weights. Knows its ops. */

import { Random } from '../../../demo/text/random.js';
import { TOKENS, VOCABULARY, weightOf } from './layers-models.js';
import { OnnxGraph, type Weight } from './onnx-graph.js';

const [LAYERS, WIDTH, HEADS, HIDDEN, SCORES] = [2, 64, 4, 128, 3] as const;
const HEAD = WIDTH / HEADS;
const SEED = 4;

export function onnxTransformer(): Uint8Array {
  const graph = new OnnxGraph('int32', [TOKENS]);
  const random = new Random(SEED);
  const floats = (...shape: readonly number[]): string => graph.floats(weightOf(shape, random));
  const linear = (value: string, inputs: number, outputs: number): string =>
    graph.op('Add', [graph.op('MatMul', [value, floats(inputs, outputs)]), floats(outputs)]);
  const normalised = (value: string): string =>
    graph.op('LayerNormalization', [value, graph.floats(ones(WIDTH)), floats(WIDTH)], { axis: -1 });
  /** `[rows, tokens, width]` to `[rows, heads, tokens, head]`; keys with the last two changed over. */
  const heads = (value: string, perm: readonly number[]): string =>
    graph.op('Transpose', [graph.op('Reshape', [value, graph.integers([0, TOKENS, HEADS, HEAD])])], { perm });

  let value = graph.op('Add', [graph.op('Gather', [floats(VOCABULARY, WIDTH), graph.input]), floats(TOKENS, WIDTH)]);
  for (let layer = 0; layer < LAYERS; layer++) {
    const queries = heads(linear(value, WIDTH, WIDTH), [0, 2, 1, 3]);
    const keys = heads(linear(value, WIDTH, WIDTH), [0, 2, 3, 1]);
    const values = heads(linear(value, WIDTH, WIDTH), [0, 2, 1, 3]);
    const scale = graph.floats({ shape: [1], values: Float32Array.of(1 / Math.sqrt(HEAD)) });
    const scores = graph.op('Softmax', [graph.op('Mul', [graph.op('MatMul', [queries, keys]), scale])]);
    const mixed = graph.op('Transpose', [graph.op('MatMul', [scores, values])], { perm: [0, 2, 1, 3] });
    const attended = graph.op('Reshape', [mixed, graph.integers([0, TOKENS, WIDTH])]);
    value = normalised(graph.op('Add', [value, linear(attended, WIDTH, WIDTH)]));
    const hidden = graph.op('Relu', [linear(value, WIDTH, HIDDEN)]);
    value = normalised(graph.op('Add', [value, linear(hidden, HIDDEN, WIDTH)]));
  }
  const mean = graph.op('ReduceMean', [value], { axes: [1], keepdims: 0 });
  return graph.finish(graph.op('Softmax', [linear(mean, WIDTH, SCORES)]), [SCORES]);
}

function ones(length: number): Weight {
  return { shape: [length], values: new Float32Array(length).fill(1) };
}
