/** Opens a layers model that Keras 3 wrote. Throws what TensorFlow.js throws, and {@link KerasRefusal}. */

import type { io, NamedTensorMap } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend/backend.js';
import { callProblem } from '../tfjs/call-order.js';
import { KerasRefusal } from './refusal.js';
import type { Json } from './settings.js';
import { rewriteTopology } from './topology.js';
import { matchWeights } from './weight-names.js';

type Parts = Pick<Backend, 'tf' | 'layers'>;

export async function openKeras3(artifacts: io.ModelArtifacts, topology: Json, parts: Parts): Promise<LayersModel> {
  const rewritten = rewriteTopology(topology);
  if (!rewritten.ok) throw new KerasRefusal(rewritten.problem);
  const problem = callProblem(rewritten.topology);
  if (problem !== undefined) throw new KerasRefusal(problem);
  // Without weights at first: their names in the model are only known from it.
  const model = await parts.layers.loadLayersModel({ load: async () => ({ modelTopology: rewritten.topology }) });
  try {
    fill(model, artifacts, parts);
    return model;
  } catch (cause) {
    model.dispose();
    throw cause;
  }
}

function fill(model: LayersModel, { weightData, weightSpecs = [] }: io.ModelArtifacts, { tf }: Parts): void {
  const inModel = model.layers.flatMap(({ weights }) =>
    weights.map(({ originalName: name, shape }) => ({ name, shape: shape.map((size) => size ?? 0) })),
  );
  const matched = matchWeights(weightSpecs, inModel);
  if (!matched.ok) throw new KerasRefusal(matched.problem);
  if (weightData === undefined) return;
  const decoded = tf.io.decodeWeights(weightData, weightSpecs);
  try {
    const named: NamedTensorMap = {};
    for (const [inFile, name] of matched.names) {
      const tensor = decoded[inFile];
      if (tensor !== undefined) named[name] = tensor;
    }
    model.loadWeights(named);
  } finally {
    tf.dispose(decoded);
  }
}
