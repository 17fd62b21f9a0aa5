/**
 * Gives layers of nested models names of their own. Keras finds a weight through the models around it, TensorFlow.js by
 * the name of its layer alone. The names of the outermost layers stay: callers see those of inputs and outputs. Pure.
 */

import { isRecord } from '../../../shared/parse.js';
import type { Json } from './settings.js';

export function uniquelyNamed(model: Json): Json {
  const taken = new Set(layersOf(model).map(nameOf));
  return withLayers(model, (layer) => renameInside(layer, nameOf(layer), taken));
}

function renameInside(model: Json, path: string, taken: Set<string>): Json {
  const renamed = new Map<string, string>();
  for (const layer of layersOf(model)) {
    const name = nameOf(layer);
    const own = taken.has(name) ? `${path}/${name}` : name;
    taken.add(own);
    renamed.set(name, own);
  }
  return withLayers(
    model,
    (layer) => {
      const name = renamed.get(nameOf(layer)) ?? nameOf(layer);
      const inner = renameInside(layer, `${path}/${nameOf(layer)}`, taken);
      const config = isRecord(inner.config) ? { ...inner.config, name } : inner.config;
      return { ...inner, config, ...('name' in inner && { name }) };
    },
    renamed,
  );
}

/** With its layers changed, and what refers to them by the new names. */
function withLayers(model: Json, change: (layer: Json) => Json, renamed?: ReadonlyMap<string, string>): Json {
  if (!isRecord(model.config) || !Array.isArray(model.config.layers)) return model;
  const references = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    const [name, ...rest] = value;
    if (typeof name === 'string') return [renamed?.get(name) ?? name, ...rest];
    return value.map(references);
  };
  const layers = layersOf(model).map((layer) => {
    const changed = change(layer);
    return 'inbound_nodes' in changed ? { ...changed, inbound_nodes: references(changed.inbound_nodes) } : changed;
  });
  const { input_layers: inputs, output_layers: outputs } = model.config;
  const ends = inputs === undefined ? {} : { input_layers: references(inputs), output_layers: references(outputs) };
  return { ...model, config: { ...model.config, layers, ...ends } };
}

function layersOf({ config }: Json): readonly Json[] {
  return isRecord(config) && Array.isArray(config.layers) ? config.layers.filter(isRecord) : [];
}

function nameOf({ name, config }: Json): string {
  return String(name ?? (isRecord(config) ? config.name : ''));
}
