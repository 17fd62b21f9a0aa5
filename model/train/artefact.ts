// A trained network as a TensorFlow.js layers model: topology, weights manifest, weights. Any tfjs loads it without code of ours.
import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel, layers as layerTypes, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Featuriser } from '../../shared/text/featuriser.js';
import type { TfLayers, TrainingEngine } from './engine.js';
import { quantise } from './quantise.js';
import type { TrainedNetwork } from './trainer.js';

export interface Artefact {
  /** The contents of `model.json`. */
  readonly modelJson: io.ModelJSON;
  /** The contents of `weights.bin`. */
  readonly weights: Uint8Array;
}

const WEIGHTS_FILE = 'weights.bin';

/** The table becomes one byte a weight; the small layers above it stay float32. Same network, same bytes. */
export function createArtefact(layers: TfLayers, featuriser: Featuriser, network: TrainedNetwork): Artefact {
  const { bytes, quantization } = quantise(network.table);
  const shape = [network.rows, network.width];
  const entries: io.WeightsManifestEntry[] = [
    { name: 'ngrams/embeddings', shape, dtype: 'float32', quantization },
    ...network.head.map(({ name, shape }): io.WeightsManifestEntry => ({ name, shape: [...shape], dtype: 'float32' })),
  ];
  const model = createModel(layers, featuriser, network);
  const modelTopology: io.ModelJSON['modelTopology'] = JSON.parse(String(model.toJSON()));
  model.dispose();
  return {
    modelJson: {
      format: 'layers-model',
      generatedBy: 'tickcast',
      convertedBy: null,
      modelTopology,
      weightsManifest: [{ paths: [WEIGHTS_FILE], weights: entries }],
    },
    weights: Buffer.concat([bytes, ...network.head.map(({ values }) => littleEndianBytes(values))]),
  };
}

/** Loads an artefact as a hub does: what is measured is what is shipped. The caller disposes of the model. */
export function loadArtefact({ tf, layers }: TrainingEngine, { modelJson, weights }: Artefact): Promise<LayersModel> {
  const weightData = new Uint8Array(weights).buffer;
  const weightSpecs = modelJson.weightsManifest.flatMap((group) => group.weights);
  return layers.loadLayersModel(tf.io.fromMemory({ modelTopology: modelJson.modelTopology, weightSpecs, weightData }));
}

/** `ids` and `weights` -> rows of the table -> their weighted sum -> hidden layer -> probabilities. */
function createModel(tfl: TfLayers, featuriser: Featuriser, network: TrainedNetwork): LayersModel {
  const [ids, weights] = featuriser.tensors.map(({ name, dtype, shape }) =>
    tfl.input({ name, dtype, shape: [...shape] }),
  );
  const classes = network.head.at(-1)?.values.length;
  if (ids === undefined || weights === undefined || classes === undefined)
    throw new TypeError('the network lacks a part');
  const apply = (layer: layerTypes.Layer, ...inputs: SymbolicTensor[]): SymbolicTensor => {
    const output = layer.apply(inputs.length === 1 ? (inputs[0] ?? inputs) : inputs);
    if (!(output instanceof tfl.SymbolicTensor)) throw new TypeError(`layer ${layer.name} has more than one output`);
    return output;
  };
  const { embedding, dot, dense } = tfl.layers;
  // Zeros cost a load nothing; the weights of the artefact take their place.
  const zeros = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;
  const table = { inputDim: network.rows, outputDim: network.width, embeddingsInitializer: 'zeros' } as const;
  const rows = apply(embedding({ name: 'ngrams', ...table }), ids);
  const sum = apply(dot({ name: 'sum', axes: 1 }), weights, rows);
  const hidden = apply(dense({ name: 'hidden', units: network.hidden, ...zeros, activation: 'relu' }), sum);
  const outputs = apply(dense({ name: 'output', units: classes, ...zeros, activation: 'softmax' }), hidden);
  return tfl.model({ name: 'hashed-ngrams-classifier', inputs: [ids, weights], outputs });
}

function littleEndianBytes(values: Float32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.byteLength));
  for (const [i, value] of values.entries()) bytes.setFloat32(i * 4, value, true);
  return new Uint8Array(bytes.buffer);
}
