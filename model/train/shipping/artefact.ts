/**
 * Exports a trained network as a TensorFlow.js layers model: topology, weights manifest, weights. Any tfjs that knows
 * the text encoder can load it.
 */

import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel, layers as layerTypes, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Backend } from '../../../server/engine/backend/backend.js';
import { registerHashedTextEncoder, textTensor } from '../../../tfjs-layer/hashed-text-encoder.js';
import type { Network } from '../network/network.js';
import { MAX_TOKENS } from '../texts/corpus.js';
import { LABELS } from '../texts/sources.js';
import { quantise } from './quantise.js';

export interface Artefact {
  /** The contents of `model.json`. */
  readonly modelJson: io.ModelJSON;
  /** The contents of `weights.bin`. */
  readonly weights: Uint8Array;
}

const WEIGHTS_FILE = 'weights.bin';

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The tables become one byte per weight; the small layers stay float32. With `exact`, everything does. Deterministic:
 * the same network gives the same bytes.
 */
export function createArtefact({ layers, tf }: Backend, network: Network, exact = false): Artefact {
  const entries: io.WeightsManifestEntry[] = [];
  const parts: Uint8Array[] = [];
  for (const { name, shape, values } of weightsOf(network)) {
    const entry: io.WeightsManifestEntry = { name, shape: [...shape], dtype: 'float32' };
    if (exact || values.length < 4096) {
      entries.push(entry);
      parts.push(littleEndianBytes(values));
    } else {
      const { bytes, quantization } = quantise(values);
      entries.push({ ...entry, quantization });
      parts.push(bytes);
    }
  }
  const Encoder = registerHashedTextEncoder(tf, layers);
  const { wordBits, ngramBits, width, filters, hidden } = network.sizes;
  const texts = layers.input({ name: 'text', dtype: 'int32', shape: [null] });
  const zeros = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;
  const { dense } = layers.layers;
  const apply = (layer: layerTypes.Layer, input: SymbolicTensor): SymbolicTensor => {
    const output = layer.apply(input);
    if (!(output instanceof layers.SymbolicTensor)) throw new TypeError(`layer ${layer.name} has more than one output`);
    return output;
  };
  const encoder = new Encoder({ name: 'encoder', wordBits, ngramBits, width, filters, maxTokens: MAX_TOKENS });
  const features = apply(encoder, texts);
  const middle = apply(dense({ name: 'hidden', units: hidden, ...zeros, activation: 'relu' }), features);
  const output = apply(dense({ name: 'output', units: LABELS.length, ...zeros, activation: 'softmax' }), middle);
  const model = layers.model({ name: 'text-classifier', inputs: texts, outputs: output });
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
    weights: Buffer.concat(parts),
  };
}

/**
 * Loads an artefact as any tfjs does, so that what is measured is what is shipped. The caller disposes of the model.
 */
export function loadArtefact({ tf, layers }: Backend, { modelJson, weights }: Artefact): Promise<LayersModel> {
  registerHashedTextEncoder(tf, layers);
  const weightData = new Uint8Array(weights).buffer;
  const weightSpecs = modelJson.weightsManifest.flatMap((group) => group.weights);
  return layers.loadLayersModel(tf.io.fromMemory({ modelTopology: modelJson.modelTopology, weightSpecs, weightData }));
}

const PREDICT_TEXTS = 500;

/** The probabilities of all texts, concatenated. */
export function predictTexts({ tf }: Backend, model: LayersModel, texts: readonly string[]): Float32Array {
  const all = new Float32Array(texts.length * LABELS.length);
  for (let from = 0; from < texts.length; from += PREDICT_TEXTS) {
    const batch = textTensor(tf, texts.slice(from, from + PREDICT_TEXTS));
    const output = model.predictOnBatch(batch);
    if (Array.isArray(output)) throw new TypeError('a model with one output expected');
    all.set(output.dataSync<'float32'>(), from * LABELS.length);
    tf.dispose([batch, output]);
  }
  return all;
}

function weightsOf(network: Network): Weight[] {
  const { sizes, vectors, kernel, kernelBias, hidden, heads } = network;
  const [head] = heads;
  const { width, filters, window } = sizes;
  if (head === undefined || window !== 3 || sizes.bag) throw new TypeError('the text encoder has no such part');
  const encoderKernel = new Float32Array(kernel.values.length);
  for (let place = 0; place < window; place++) {
    for (let k = 0; k < width; k++) {
      const from = (k * window + place) * filters;
      encoderKernel.set(kernel.values.subarray(from, from + filters), (place * width + k) * filters);
    }
  }
  return [
    { name: 'encoder/words', shape: [vectors.words.rows, width], values: vectors.words.values },
    { name: 'encoder/ngrams', shape: [vectors.ngrams.rows, width], values: vectors.ngrams.values },
    { name: 'encoder/kernel', shape: [window, width, filters], values: encoderKernel },
    { name: 'encoder/bias', shape: [filters], values: kernelBias.values },
    { name: 'hidden/kernel', shape: [hidden.inputs, hidden.outputs], values: hidden.kernel.values },
    { name: 'hidden/bias', shape: [hidden.outputs], values: hidden.bias.values },
    { name: 'output/kernel', shape: [head.inputs, head.outputs], values: head.kernel.values },
    { name: 'output/bias', shape: [head.outputs], values: head.bias.values },
  ];
}

function littleEndianBytes(values: Float32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.byteLength));
  for (const [i, value] of values.entries()) bytes.setFloat32(i * 4, value, true);
  return new Uint8Array(bytes.buffer);
}
