/** Small ONNX models as files, each with answers that a test can compute. */

import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Dim,
  floats,
  longs,
  type Model,
  type OnnxType,
  type Value,
  type Weights,
  writeOnnx,
} from './onnx-writer.js';

/** A folder that is removed when the callback is done. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tickcast-onnx-')));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function writeFileIn(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

export function value(name: string, type: OnnxType, ...shape: Dim[]): Value {
  return { name, type, shape };
}

/** `y = 2x + 1`, `[batch, 1]` to `[batch, 1]`. @param batch the first dimension of the input */
export function linear(batch: Dim = 'batch'): Model {
  return {
    inputs: [value('x', 'float32', batch, 1)],
    outputs: [value('y', 'float32', batch, 1)],
    nodes: [
      { op: 'Mul', inputs: ['x', 'two'], outputs: ['doubled'] },
      { op: 'Add', inputs: ['doubled', 'one'], outputs: ['y'] },
    ],
    weights: [floats('two', [1], [2]), floats('one', [1], [1])],
  };
}

/** The same with weights in another file, which holds 2 and then 1 as float32. */
export function linearOutside(location: string): Model {
  const outside = (name: string, offset: number): Weights => {
    return { name, type: 'float32', dims: [1], data: { location, offset, length: 4 } };
  };
  return { ...linear(), weights: [outside('two', 0), outside('one', 4)] };
}

/** Its input is passed on: `[batch, size]`. */
export function identity(type: OnnxType, size: Dim = 2, batch: Dim = 'batch'): Model {
  return {
    inputs: [value('x', type, batch, size)],
    outputs: [value('y', type, batch, size)],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  };
}

/** A perceptron with `relu` between, and softmax at its end; weights from a fixed sequence. */
export function perceptron(...sizes: readonly number[]): Model {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  const weights: Weights[] = [];
  const nodes: { op: string; inputs: string[]; outputs: string[]; attributes?: Record<string, number> }[] = [];
  let before = 'x';
  for (const [layer, units] of sizes.slice(1).entries()) {
    const from = sizes[layer] ?? 1;
    weights.push(
      floats(
        `w${layer}`,
        [from, units],
        Array.from({ length: from * units }, () => random() / Math.sqrt(from)),
      ),
    );
    weights.push(floats(`b${layer}`, [units], Array.from({ length: units }, random)));
    nodes.push({ op: 'Gemm', inputs: [before, `w${layer}`, `b${layer}`], outputs: [`sum${layer}`] });
    before = `sum${layer}`;
    if (layer === sizes.length - 2) continue;
    nodes.push({ op: 'Relu', inputs: [before], outputs: [`relu${layer}`] });
    before = `relu${layer}`;
  }
  nodes.push({ op: 'Softmax', inputs: [before], outputs: ['y'], attributes: { axis: 1 } });
  return {
    inputs: [value('x', 'float32', 'batch', sizes[0])],
    outputs: [value('y', 'float32', 'batch', sizes.at(-1))],
    nodes,
    weights,
  };
}

/** `sum = a + b` and `product = a * b`, each `[batch, 2]`. */
export function twoInputs(): Model {
  return {
    inputs: [value('a', 'float32', 'batch', 2), value('b', 'float32', 'batch', 2)],
    outputs: [value('sum', 'float32', 'batch', 2), value('product', 'float32', 'batch', 2)],
    nodes: [
      { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
      { op: 'Mul', inputs: ['a', 'b'], outputs: ['product'] },
    ],
  };
}

/** Tells by 1 or 0 whether a text is "yes", and passes a number on. @param column the texts are `[batch, 1]` */
export function isYes(column = true): Model {
  return {
    inputs: [value('text', 'string', 'batch', ...(column ? [1] : [])), value('bonus', 'int64', 'batch', 1)],
    outputs: [value('same', 'int64', 'batch', ...(column ? [1] : [])), value('bonus_out', 'int64', 'batch', 1)],
    nodes: [
      {
        op: 'LabelEncoder',
        domain: 'ai.onnx.ml',
        inputs: ['text'],
        outputs: ['same'],
        attributes: { keys_strings: ['yes'], values_int64s: [1], default_int64: 0 },
      },
      { op: 'Identity', inputs: ['bonus'], outputs: ['bonus_out'] },
    ],
    opsets: { '': 17, 'ai.onnx.ml': 2 },
  };
}

/** `y[batch, 3] = x[batch, 2] * factor`, repeated by a shape that only a run tells. */
export function unknownOutput(): Model {
  return {
    inputs: [value('x', 'float32', 'batch', 2)],
    outputs: [{ name: 'y', type: 'float32', shape: undefined }],
    nodes: [
      { op: 'Tile', inputs: ['x', 'repeats'], outputs: ['tiled'] },
      { op: 'Identity', inputs: ['tiled'], outputs: ['y'] },
    ],
    weights: [longs('repeats', [2], [1, 2])],
  };
}

/** `y = x * rate`, with `rate` a scalar input. */
export function withScalar(): Model {
  return {
    inputs: [value('x', 'float32', 'batch', 2), value('rate', 'float32')],
    outputs: [value('y', 'float32', 'batch', 2)],
    nodes: [{ op: 'Mul', inputs: ['x', 'rate'], outputs: ['y'] }],
  };
}

/** A classifier as scikit-learn's converter writes it: with ZipMap, or with a label of strings beside the scores. */
export function classifier(form: 'zipmap' | 'strings'): Model {
  const scores = { op: 'Softmax', inputs: ['x'], outputs: ['scores'], attributes: { axis: 1 } };
  const best = { op: 'ArgMax', inputs: ['x'], outputs: ['best'], attributes: { axis: 1, keepdims: 0 } };
  const opsets = { '': 17, 'ai.onnx.ml': 2 };
  const inputs = [value('x', 'float32', 'batch', 2)];
  if (form === 'zipmap') {
    const zip = {
      op: 'ZipMap',
      domain: 'ai.onnx.ml',
      inputs: ['scores'],
      outputs: ['probabilities'],
      attributes: { classlabels_int64s: [0, 1] },
    };
    const outputs = [value('best', 'int64', 'batch'), { name: 'probabilities', key: 'int64' as const }];
    return { inputs, outputs, nodes: [scores, best, zip], opsets };
  }
  const name = {
    op: 'LabelEncoder',
    domain: 'ai.onnx.ml',
    inputs: ['best'],
    outputs: ['label'],
    attributes: { keys_int64s: [0, 1], values_strings: ['no', 'yes'] },
  };
  const outputs = [value('label', 'string', 'batch'), value('scores', 'float32', 'batch', 2)];
  return { inputs, outputs, nodes: [scores, best, name], opsets };
}

/** The sum of each row: `[batch, n]` to `[batch, 1]`, for any `n`. */
export function rowSums(): Model {
  return {
    inputs: [value('x', 'float32', 'batch', 'n')],
    outputs: [value('y', 'float32', 'batch', 1)],
    nodes: [{ op: 'ReduceSum', inputs: ['x', 'axes'], outputs: ['y'] }],
    weights: [longs('axes', [1], [1])],
  };
}

/**
 * The sum of the vectors of the tokens that the mask has: `input_ids` and `attention_mask` (int64) of any length, output
 * `[2]`. What is padded does not count.
 */
export function tokenSum(words: number): Model {
  const table = Array.from({ length: 2 * words }, (_, i) => Math.sin(i));
  return {
    inputs: [value('input_ids', 'int64', 'batch', 'tokens'), value('attention_mask', 'int64', 'batch', 'tokens')],
    outputs: [value('scores', 'float32', 'batch', 2)],
    nodes: [
      { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['vectors'] },
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
      { op: 'Unsqueeze', inputs: ['mask', 'last'], outputs: ['masks'] },
      { op: 'Mul', inputs: ['vectors', 'masks'], outputs: ['kept'] },
      { op: 'ReduceSum', inputs: ['kept', 'middle'], outputs: ['scores'], attributes: { keepdims: 0 } },
    ],
    weights: [floats('table', [words, 2], table), longs('last', [1], [2]), longs('middle', [1], [1])],
  };
}

export { floats, writeOnnx };
