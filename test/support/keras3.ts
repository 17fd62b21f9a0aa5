/** Models as Keras 3 and tensorflowjs_converter 4.22 write them, built without either. */

import type { ModelFiles } from '../../server/engine/tfjs/model-files.js';
import { type Weight, writeModel } from './tiny-models.js';

type Settings = Readonly<Record<string, unknown>>;

export const FLOAT32 = {
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name: 'float32' },
  registered_name: null,
};

function initializer(className: string): object {
  return { module: 'keras.initializers', class_name: className, config: { seed: null }, registered_name: null };
}

/** A layer with what Keras 3 writes around it. */
export function layer(className: string, name: string, settings: Settings = {}): Settings {
  const config = { name, trainable: true, dtype: FLOAT32, ...settings };
  return { module: 'keras.layers', class_name: className, config, registered_name: null, build_config: {} };
}

export function input(name: string, shape: readonly (number | null)[], dtype = 'float32'): Settings {
  const config = { batch_shape: shape, dtype, sparse: false, ragged: false, name };
  return { module: 'keras.layers', class_name: 'InputLayer', config, registered_name: null };
}

export function dense(name: string, units: number, activation = 'linear'): Settings {
  const none = { kernel_regularizer: null, bias_regularizer: null, kernel_constraint: null, bias_constraint: null };
  const initializers = {
    kernel_initializer: initializer('GlorotUniform'),
    bias_initializer: initializer('Zeros'),
  };
  return layer('Dense', name, { units, activation, use_bias: true, ...initializers, ...none });
}

export function sequential(name: string, layers: readonly Settings[], more: Settings = {}): Settings {
  const config = { name, trainable: true, dtype: FLOAT32, layers, ...more };
  return { module: 'keras', class_name: 'Sequential', config, registered_name: null };
}

/** A tensor: a layer's result, of one of its calls. */
export function tensor(name: string, call = 0, index = 0): Settings {
  const config = { shape: [null, 2], dtype: 'float32', keras_history: [name, call, index] };
  return { class_name: '__keras_tensor__', config };
}

/** A layer of a functional model, called once for each list of arguments. */
export function called(made: Settings, ...calls: readonly (readonly unknown[])[]): Settings {
  const { name } = made.config as { readonly name: string };
  return { ...made, name, inbound_nodes: calls.map((args) => ({ args, kwargs: {} })) };
}

export function functional(name: string, layers: readonly Settings[], inputs: unknown, outputs: unknown): Settings {
  const config = { name, trainable: true, layers, input_layers: inputs, output_layers: outputs };
  return { module: 'keras.src.models.functional', class_name: 'Functional', config, registered_name: 'Functional' };
}

export function topologyOf(model: Settings, version = '3.8.0'): Settings {
  return { keras_version: version, backend: 'tensorflow', model_config: model };
}

export function writeKeras3(
  folder: string,
  model: Settings,
  weights: readonly Weight[],
  version = '3.8.0',
): Promise<void> {
  return writeModel(folder, { format: 'layers-model', modelTopology: topologyOf(model, version) }, weights);
}

/** A layers model in memory, as its files would be read. */
export function filesOf(modelTopology: Settings, weights: readonly Weight[]): ModelFiles {
  const specs = weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const values = weights.flatMap((weight) => weight.values);
  const bytes = new SharedArrayBuffer(4 * values.length);
  new Float32Array(bytes).set(values);
  const weightsManifest = [{ paths: ['weights.bin'], weights: specs }];
  const modelJson = JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest });
  return { runtime: 'tfjs-layers', modelJson, weights: bytes };
}
