/** Opens a layers model that Keras 3 wrote, or one of Keras 2 from a `.keras` file. Throws what TensorFlow.js throws, and {@link KerasRefusal}. */

import type { io, NamedTensorMap } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isRecord } from '../../../shared/parse.js';
import type { Backend } from '../backend/backend.js';
import { callProblem } from '../tfjs/call-order.js';
import { KerasRefusal } from './refusal.js';
import type { Json } from './settings.js';
import { rewriteTopology } from './topology.js';
import { byLayerNames, matchWeights } from './weight-names.js';

type Parts = Pick<Backend, 'tf' | 'layers'>;

export async function openKeras3(artifacts: io.ModelArtifacts, topology: Json, parts: Parts): Promise<LayersModel> {
  const rewritten = rewriteTopology(topology);
  if (!rewritten.ok) throw new KerasRefusal(rewritten.problem);
  return openNamed(artifacts, rewritten.topology, parts);
}

/** @param topology in the words of Keras 2. The weights may be named as Keras 3 or a `.keras` file names them. */
export async function openNamed(artifacts: io.ModelArtifacts, topology: Json, parts: Parts): Promise<LayersModel> {
  const problem = callProblem(topology);
  if (problem !== undefined) throw new KerasRefusal(problem);
  // Without weights at first: their names in the model are only known from it.
  const model = await parts.layers.loadLayersModel({ load: async () => ({ modelTopology: topology }) });
  try {
    fill(model, artifacts, parts, topologyOf(artifacts));
    return model;
  } catch (cause) {
    model.dispose();
    throw cause;
  }
}

/** Of the file: its layers have the order and the names that its weights go by. */
function topologyOf({ modelTopology: topology }: io.ModelArtifacts): Json {
  if (!isRecord(topology)) return {};
  return isRecord(topology.model_config) ? topology.model_config : topology;
}

function fill(
  model: LayersModel,
  { weightData, weightSpecs: specs = [] }: io.ModelArtifacts,
  { tf }: Parts,
  topology: Json,
): void {
  const weightSpecs = specs.map((spec) => ({ ...spec, name: byLayerNames(spec.name, topology) }));
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
