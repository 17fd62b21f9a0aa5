/**
 * The bench's TensorFlow.js layers models besides its perceptron: built with the library, given seeded weights, and
 * written as model.json and one weight file. Knows tfjs; knows no engine of the hub but the one it builds on.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Random } from '../../../demo/text/random.js';
import { openBackend, type TfLayers } from '../../../server/engine/backend/backend.js';
import type { Weight } from './onnx-graph.js';

export const layersNames = ['conv1d', 'image', 'lstm', 'embedding'] as const;
export type LayersName = (typeof layersNames)[number];

/** Rows of the embedding's table. */
export const VOCABULARY = 2000;
export const TOKENS = 32;

const WEIGHTS_FILE = 'weights.bin';
const SEED = 3;

/** Each ends in an average over positions, so that the layout of images is the same in all formats. */
const BUILDERS: Readonly<Record<LayersName, (layers: TfLayers) => LayersModel>> = {
  conv1d: ({ sequential, layers }) =>
    sequential({
      layers: [
        layers.conv1d({ inputShape: [128, 1], filters: 16, kernelSize: 5, activation: 'relu' }),
        layers.conv1d({ filters: 32, kernelSize: 5, strides: 2, activation: 'relu' }),
        layers.globalAveragePooling1d({}),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    }),
  image: ({ sequential, layers }) =>
    sequential({
      layers: [
        layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 3, activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    }),
  lstm: ({ sequential, layers }) =>
    sequential({
      layers: [
        layers.lstm({
          inputShape: [10, 8],
          units: 32,
          recurrentActivation: 'sigmoid',
          // The default one needs more of the library than is loaded; all weights are replaced.
          recurrentInitializer: 'glorotUniform',
        }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    }),
  embedding: ({ input, model, layers }) => {
    const tokens = input({ shape: [TOKENS], dtype: 'int32' });
    const rows = layers.embedding({ inputDim: VOCABULARY, outputDim: 32 }).apply(tokens);
    const pooled = layers.globalAveragePooling1d({}).apply(rows);
    const hidden = layers.dense({ units: 32, activation: 'relu' }).apply(pooled);
    const scores = layers.dense({ units: 3, activation: 'softmax' }).apply(hidden);
    // A layer applied to a symbolic tensor answers one.
    return model({ inputs: tokens, outputs: scores as typeof tokens });
  },
};

/** Writes the model into this folder, and returns its weights in the order of its layers. */
export async function writeLayersModel(name: LayersName, folder: string): Promise<readonly Weight[]> {
  const opening = await openBackend('cpu');
  if (!opening.ok) throw new Error(`the models cannot be made: ${opening.reason}`);
  const { tf, layers } = opening.backend;
  const model = BUILDERS[name](layers);
  const random = new Random(SEED);
  const weights = model.getWeights().map(({ shape }): Weight => weightOf(shape, random));
  model.setWeights(weights.map(({ shape, values }) => tf.tensor(values, [...shape])));
  await mkdir(folder, { recursive: true });
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      if (!(weightData instanceof ArrayBuffer)) throw new Error(`the weights of ${name} are not one buffer`);
      const weightsManifest = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
      const json = { format: 'layers-model', generatedBy: 'tickcast bench', modelTopology, weightsManifest };
      await writeFile(join(folder, 'model.json'), JSON.stringify(json));
      await writeFile(join(folder, WEIGHTS_FILE), new Uint8Array(weightData));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  model.dispose();
  return weights;
}

/** He's bound, so that answers differ between inputs; small values where there is one dimension. */
export function weightOf(shape: readonly number[], random: Random): Weight {
  const length = shape.reduce((product, size) => product * size, 1);
  const isTable = shape[0] === VOCABULARY;
  const bound = shape.length === 1 ? 0.1 : isTable ? 1 : Math.sqrt(6 / (length / (shape.at(-1) ?? 1)));
  return { shape, values: Float32Array.from({ length }, () => random.between(-bound, bound)) };
}
