/**
 * Rewrites the topology of a Keras 3 model in the words of Keras 2, which are those that TensorFlow.js reads. Pure: knows
 * JSON; knows no TensorFlow, no files and no weights.
 */

import { describe, isRecord } from '../../../shared/parse.js';
import { rewriteGraph } from './graph.js';
import { uniquelyNamed } from './nested-names.js';
import { AS_GRAPH, KerasRefusal } from './refusal.js';
import { type Json, rewriteSettings } from './settings.js';

export type TopologyRewritten =
  | { readonly ok: true; readonly topology: Json }
  | { readonly ok: false; readonly problem: string };

/** @param topology `{ model_config: { class_name, config } }`, or the inner object alone. */
export function rewriteTopology(topology: Json): TopologyRewritten {
  const { model_config: inner } = topology;
  try {
    return { ok: true, topology: uniquelyNamed(rewriteLayer(isRecord(inner) ? inner : topology)) };
  } catch (cause) {
    if (cause instanceof KerasRefusal) return { ok: false, problem: cause.message };
    throw cause;
  }
}

function rewriteLayer(raw: unknown): Json {
  if (!isRecord(raw) || typeof raw.class_name !== 'string' || !isRecord(raw.config)) {
    throw new KerasRefusal(`a layer in the topology must be { class_name, config }, got ${describe(raw)}`);
  }
  const { class_name: className, config } = raw;
  if (className === 'Lambda') {
    throw new KerasRefusal(
      `layer "${String(config.name)}" is a Lambda, whose Python code cannot run here; ${AS_GRAPH}`,
    );
  }
  if (!Array.isArray(config.layers)) return rewriteSettings(className, config, rewriteLayer);
  if (config.input_layers === undefined) return rewriteSequential(config, config.layers);
  return { class_name: 'Functional', config: rewriteGraph(config, config.layers, rewriteLayer) };
}

function rewriteSequential({ name, build_input_shape: shape }: Json, raw: readonly unknown[]): Json {
  const layers = raw.map(rewriteLayer);
  const [first] = layers;
  const settings = isRecord(first?.config) ? first.config : {};
  const knowsInput = 'batch_input_shape' in settings || Array.isArray(settings.layers);
  // A model that was built without an InputLayer says its shape only here.
  if (first !== undefined && !knowsInput && Array.isArray(shape)) {
    layers[0] = { ...first, config: { ...settings, batch_input_shape: shape } };
  }
  return { class_name: 'Sequential', config: { name, layers } };
}
