/** TensorFlow.js without the hub: `predictOnBatch` of a layers model, and TensorFlow's call of a SavedModel. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Backend } from '../../../server/engine/backend/backend.js';
import { nativeBackend } from '../../../server/engine/tfjs/capture/native-binding.js';
import { readSignature, SAVED_MODEL_FILE } from '../../../server/engine/tfjs/saved-model/signature.js';
import type { TensorSpec } from '../../../shared/tensor.js';
import type { BareModel, Values } from './bare.js';

export async function bareLayersModel(backend: Backend, folder: string, input: TensorSpec): Promise<BareModel> {
  const { tf, layers } = backend;
  // The bench wrote it.
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  const [group] = json.weightsManifest;
  const weights = await readFile(join(folder, group.paths[0]));
  const weightData = new Uint8Array(weights).buffer;
  const { modelTopology } = json;
  const model = await layers.loadLayersModel({
    load: async () => ({ modelTopology, weightSpecs: group.weights, weightData }),
  });
  return {
    at(rows, values) {
      const tensor = tf.tensor(values, [rows, ...input.shape], input.dtype);
      // A model with one output answers one tensor.
      return () => read(model.predictOnBatch(tensor) as Tensor);
    },
  };
}

export async function bareSavedModel({ tf }: Backend, folder: string, input: TensorSpec): Promise<BareModel> {
  const backend = nativeBackend(tf.backend());
  if (backend === undefined) throw new Error('this tfjs-node has other internals');
  const reading = readSignature(await readFile(join(folder, SAVED_MODEL_FILE)), undefined);
  if (!reading.ok) throw new Error(reading.problem);
  const { tags, inputs, outputs } = reading.signature;
  const session = backend.loadSavedModelMetaGraph(folder, tags);
  const places = inputs.map(({ node }) => ({ name: node }));
  const nodes = outputs.map(({ node }) => node);
  return {
    at(rows, values) {
      const tensor = tf.tensor(values, [rows, ...input.shape], input.dtype);
      return () => {
        const [output] = backend.runSavedModel(session, [tensor], places, nodes);
        if (output === undefined) throw new Error('the SavedModel has no output');
        return read(output);
      };
    },
  };
}

function read(output: Tensor): Values {
  const values = output.dataSync();
  output.dispose();
  return values;
}
