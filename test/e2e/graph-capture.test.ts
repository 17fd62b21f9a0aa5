/** Models captured as graphs on the native engine: every kind of layer that people use gives the answers of its model. */

import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { openBackend } from '../../dist/server/engine/backend/backend.js';
import { captureModel } from '../../dist/server/engine/tfjs/capture/captured-model.js';
import type { TfjsModel } from '../../dist/server/engine/tfjs/tfjs-model.js';
import { tfjsRuntime } from '../../dist/server/engine/tfjs/tfjs-runtime.js';
import type { TensorSpec } from '../../shared/tensor.js';
import { withFolder, writeMlp } from '../support/tiny-models.js';

const opening = await openBackend('native');
if (!opening.ok && process.env.CI) throw new Error(opening.reason);
const backend = opening.ok ? opening.backend : undefined;
const L = backend?.layers as NonNullable<typeof backend>['layers'];
const k = L?.layers;

type Layers = Parameters<NonNullable<typeof k>['dense']>;
const act = (activation: string): (() => LayersModel) => {
  const config = { units: 5, inputShape: [4], activation } as Layers[0];
  return () => L.sequential({ layers: [k.dense(config)] });
};
const image = (...layers: readonly layers.Layer[]): LayersModel =>
  L.sequential({ layers: [k.inputLayer({ inputShape: [8, 8, 3] }), ...layers] });
const steps = (...layers: readonly layers.Layer[]): LayersModel =>
  L.sequential({ layers: [k.inputLayer({ inputShape: [6, 4] }), ...layers] });

function attention(): LayersModel {
  const x = L.input({ shape: [6, 8] });
  const [query, key, value] = [1, 2, 3].map(() => k.dense({ units: 8 }).apply(x) as SymbolicTensor);
  const scores = k.dot({ axes: [2, 2] }).apply([query, key] as SymbolicTensor[]) as SymbolicTensor;
  const weights = k.activation({ activation: 'softmax' }).apply(scores) as SymbolicTensor;
  const mixed = k.dot({ axes: [2, 1] }).apply([weights, value] as SymbolicTensor[]) as SymbolicTensor;
  return L.model({ inputs: x, outputs: k.layerNormalization().apply(mixed) as SymbolicTensor });
}

function severalOfBoth(): LayersModel {
  const [a, b] = [L.input({ shape: [4] }), L.input({ shape: [4] })];
  const both = [k.concatenate(), k.add(), k.multiply(), k.maximum(), k.average()].map(
    (layer) => layer.apply([a, b]) as SymbolicTensor,
  );
  const outputs = both.map((one) => k.dense({ units: 2 }).apply(one) as SymbolicTensor);
  return L.model({ inputs: [a, b], outputs });
}

const MODELS: Readonly<Record<string, () => LayersModel>> = {
  'a perceptron': () =>
    L.sequential({
      layers: [
        k.dense({ units: 16, inputShape: [8], activation: 'relu' }),
        k.dense({ units: 3, activation: 'softmax' }),
      ],
    }),
  embedding: () =>
    L.sequential({
      layers: [k.embedding({ inputDim: 50, outputDim: 8, inputLength: 12 }), k.globalAveragePooling1d({})],
    }),
  'convolution in one dimension': () =>
    steps(k.conv1d({ filters: 8, kernelSize: 3, padding: 'same' }), k.maxPooling1d({ poolSize: 2 }), k.flatten()),
  'convolution in two dimensions': () =>
    image(
      k.conv2d({ filters: 4, kernelSize: 3, padding: 'same', strides: 2, activation: 'relu' }),
      k.globalMaxPooling2d({}),
    ),
  'dilated convolution': () => image(k.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2 }), k.flatten()),
  'depthwise convolution': () => image(k.depthwiseConv2d({ kernelSize: 3 }), k.globalAveragePooling2d({})),
  'separable convolution': () => image(k.separableConv2d({ filters: 4, kernelSize: 3 }), k.globalAveragePooling2d({})),
  'transposed convolution': () =>
    image(k.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }), k.averagePooling2d({ poolSize: 2 })),
  'batch normalisation': () => image(k.batchNormalization(), k.flatten()),
  'layer normalisation': () => steps(k.layerNormalization(), k.flatten()),
  'padding, cropping, up-sampling': () =>
    image(
      k.zeroPadding2d({ padding: 1 }),
      k.upSampling2d({ size: [2, 2] }),
      k.cropping2D({
        cropping: [
          [1, 1],
          [2, 2],
        ],
      }),
    ),
  'dropout, reshape, permute': () =>
    steps(k.dropout({ rate: 0.5 }), k.reshape({ targetShape: [4, 6] }), k.permute({ dims: [2, 1] }), k.flatten()),
  'repeated and distributed over time': () =>
    L.sequential({
      layers: [k.repeatVector({ n: 3, inputShape: [4] }), k.timeDistributed({ layer: k.dense({ units: 2 }) })],
    }),
  LSTM: () => steps(k.lstm({ units: 4 }), k.dense({ units: 2 })),
  GRU: () => steps(k.gru({ units: 4, returnSequences: true }), k.flatten()),
  'a bidirectional LSTM': () => steps(k.bidirectional({ layer: k.lstm({ units: 3 }) as never, mergeMode: 'concat' })),
  attention,
  'several inputs and outputs': severalOfBoth,
  ...Object.fromEntries(
    [
      'elu',
      'hardSigmoid',
      'linear',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'softmax',
      'softplus',
      'softsign',
      'tanh',
      'swish',
      'mish',
      'gelu',
      'gelu_new',
    ].map((name) => [`activation ${name}`, act(name)]),
  ),
};

function modelOf(model: LayersModel): { readonly model: TfjsModel; readonly inputs: readonly TensorSpec[] } {
  const inputs = model.inputs.map(({ shape }, index) => {
    return { name: `x${index}`, dtype: 'float32' as const, shape: shape.slice(1) as number[] };
  });
  const execute: TfjsModel['execute'] = (tensors) => {
    const [first] = tensors;
    return [model.predictOnBatch(first !== undefined && tensors.length === 1 ? first : [...tensors])].flat();
  };
  const weights = () => model.weights.map((weight) => weight.read());
  const dispose = (): void => void model.dispose();
  return {
    inputs,
    model: { inputs: [], outputNames: model.outputNames, execute, executeAsync: undefined, weights, dispose },
  };
}

test.skipIf(backend === undefined).each(Object.entries(MODELS))(
  '%s is captured, with the answers of its model',
  async (_name, make) => {
    const { tf } = backend as NonNullable<typeof backend>;
    const before = tf.memory().numTensors;
    const { model, inputs } = modelOf(make());
    const shapes = [1, 2, 5, 33].map((rows) => inputs.map(({ shape }) => tf.randomUniform([rows, ...shape], 0, 3)));
    const right = shapes.map((tensors) => tf.tidy(() => model.execute(tensors).map((one) => one.arraySync())));

    const captured = await captureModel({ tf, model, inputs, isTimed: false });
    if (!captured.ok) throw new Error(captured.reason);
    for (const [index, tensors] of shapes.entries()) {
      const answers = flat(tf.tidy(() => captured.model.execute(tensors).map((one) => one.arraySync())));
      const wanted = flat(right[index]);
      expect(answers).toHaveLength(wanted.length);
      const differences = answers.map((value, at) => Math.abs(value - (wanted[at] as number)));
      expect(differences.every((difference) => difference <= 1e-5)).toBe(true);
    }
    captured.model.dispose();
    tf.dispose(shapes);

    expect(tf.memory().numTensors).toBe(before);
  },
);

test.skipIf(backend === undefined)(
  'a model whose answers the graph would not give stays as it is, and usable',
  async () => {
    const { tf } = backend as NonNullable<typeof backend>;
    const { model, inputs } = modelOf(act('relu')());
    const before = tf.memory().numTensors;
    const odd = (execute: TfjsModel['execute']) => captureModel({ tf, model: { ...model, execute }, inputs });
    // Reads values in JavaScript, is another one at larger batches, is random.
    const reads = await odd((x) => model.execute(x).map((y) => tf.mul(y, y.dataSync()[0] ?? 0)));
    const large = await odd((x) =>
      (x[0]?.shape[0] ?? 0) > 16 ? model.execute(x).map((y) => tf.add(y, 1)) : model.execute(x),
    );
    const random = await odd((x) => model.execute(x).map((y) => tf.add(y, tf.randomNormal([1]))));

    expect(reads).toEqual({ ok: false, reason: expect.stringContaining('depends on the batch, or on the input') });
    expect(large).toEqual({ ok: false, reason: expect.stringMatching(/^at batch 17 its output 0 has/) });
    expect(random).toMatchObject({ ok: false });
    expect(tf.tidy(() => model.execute([tf.zeros([2, 4])]).map(({ shape }) => shape))).toEqual([[2, 5]]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  },
);

function flat(value: unknown): readonly number[] {
  return [value].flat(Number.POSITIVE_INFINITY as 1) as unknown as number[];
}

test.skipIf(backend === undefined)(
  'a graph that is kept is used at the next start, unless it answers otherwise',
  async () => {
    if (backend === undefined) return;
    await withFolder(async (root) => {
      const [one, other] = [join(root, 'one'), join(root, 'other')];
      await writeMlp(one, [4, 8, 3]);
      await writeMlp(other, [4, 7, 3]);
      const cache = join(root, 'cache');
      const why = async (folder: string): Promise<string> => {
        const runtime = tfjsRuntime({ backend: 'native', graphCapture: true, graphCache: cache });
        const none = { inputs: [], featuriser: undefined, options: {} };
        const source = { ref: 'm@1', folder, file: 'model.json', runtime: undefined, ...none };
        const reading = await runtime.readFiles?.(source);
        if (!reading?.ok) throw new Error(reading?.problem);
        const opened = await runtime.openSession({ ...source, files: reading.files });
        if (!opened.ok) throw new Error(opened.problem);
        const told = opened.session.describe().why;
        opened.session.dispose();
        return told;
      };
      expect(await why(one)).toBe('configured; captured as one graph');
      expect(await why(one)).toBe('configured; captured as one graph before');
      expect(await why(other)).toBe('configured; captured as one graph');
      const [first, second] = await readdir(cache);
      // The graphs change places: neither answers as its model does.
      await rename(join(cache, first ?? ''), join(root, 'aside'));
      await rename(join(cache, second ?? ''), join(cache, first ?? ''));
      await rename(join(root, 'aside'), join(cache, second ?? ''));
      expect(await why(one)).toBe('configured; captured as one graph');
      expect(await why(one)).toBe('configured; captured as one graph before');
    });
  },
);
