/**
 * Rewrites the graph of a functional Keras 3 model as Keras 2 has it: which layer is called on which tensors. Operations
 * between tensors, such as `a + b`, become layers. Pure.
 */

import { isRecord } from '../../../shared/parse.js';
import { isOperation, layerOfOperation } from './operations.js';
import { AS_GRAPH, KerasRefusal } from './refusal.js';
import type { Json } from './settings.js';

/** Name of the layer, which of its calls, which of that call's results. */
type Reference = readonly [layer: string, call: number, tensor: number];

/** Layers that take their first state as a tensor. */
const RECURRENT: ReadonlySet<unknown> = new Set(['RNN', 'SimpleRNN', 'LSTM', 'GRU', 'Bidirectional', 'ConvLSTM2D']);

/** @param layer rewrites a layer, without its calls. */
export function rewriteGraph(config: Json, raw: readonly unknown[], layer: (raw: unknown) => Json): Json {
  const graph = new Graph(raw.filter(isRecord));
  const { name, input_layers: inputs, output_layers: outputs } = config;
  const outputLayers = graph.ends(outputs);
  const inputLayers = graph.ends(inputs);
  const used = graph.reachable([...outputLayers, ...inputLayers].map(([layerName]) => layerName));
  const layers = raw.flatMap((one) => {
    const layerName = isRecord(one) ? nameOf(one) : '';
    if (!isRecord(one) || !used.has(layerName)) return [];
    const made = isOperation(one) ? layerOfOperation(one, layerName) : layer(one);
    return [{ ...made, name: layerName, inbound_nodes: graph.calls(one) }];
  });
  return { name, layers, input_layers: inputLayers, output_layers: outputLayers };
}

class Graph {
  readonly #layers: ReadonlyMap<string, Json>;
  readonly #masks: boolean;

  constructor(layers: readonly Json[]) {
    this.#layers = new Map(layers.map((layer) => [nameOf(layer), layer]));
    this.#masks = layers.some(({ class_name: className, config }) => {
      return className === 'Masking' || (isRecord(config) && config.mask_zero === true);
    });
  }

  /** `["x", 0, 0]`, a list of these, or an object of these. */
  ends(value: unknown): readonly Reference[] {
    if (isRecord(value)) return Object.values(value).flatMap((part) => this.ends(part));
    if (!Array.isArray(value)) return [];
    const [name, call, tensor] = value;
    if (typeof name !== 'string') return value.flatMap((part) => this.ends(part));
    // Of a functional model, these count from the call that defined it; those in a call do not.
    const from = this.#layers.get(name)?.class_name === 'Functional' ? 1 : 0;
    return [this.#reference(name, Math.max(0, Number(call) - from), Number(tensor))];
  }

  /** The calls of a layer, each as a list of what it is called on. */
  calls(layer: Json): readonly unknown[] {
    return nodesOf(layer).map((node) => (isRecord(node) ? this.#call(layer, node) : node));
  }

  /** Names of the layers that these need. */
  reachable(names: readonly string[]): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const layer = this.#layers.get(name);
      if (layer === undefined || found.has(name)) continue;
      found.add(name);
      for (const call of this.calls(layer)) {
        for (const from of Array.isArray(call) ? call : []) if (Array.isArray(from)) open.push(String(from[0]));
      }
    }
    return found;
  }

  #call(layer: Json, { args, kwargs }: Json): readonly unknown[] {
    const tensors = [...this.#tensors(args)];
    const settings: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(isRecord(kwargs) ? kwargs : {})) {
      const given = this.#tensors(value);
      if (given.length > 0) tensors.push(...this.#named(layer, key, given));
      // Keras ignores it when it predicts.
      else if (key !== 'training' && (typeof value === 'boolean' || typeof value === 'number')) settings[key] = value;
    }
    return tensors.map((tensor) => [...tensor, settings]);
  }

  /** Tensors that are given by name. */
  #named(layer: Json, key: string, given: readonly Reference[]): readonly Reference[] {
    if (key === 'inputs' || key === 'x') return given;
    if (key === 'initial_state' && RECURRENT.has(layer.class_name)) return given;
    // TensorFlow.js passes on the masks of Embedding and Masking by itself.
    if (key === 'mask' && this.#masks && given.every(([name]) => isOperation(this.#layers.get(name) ?? {}))) return [];
    const called = `layer "${nameOf(layer)}" is called with a tensor as "${key}"`;
    throw new KerasRefusal(`${called}, which TensorFlow.js cannot; ${AS_GRAPH}`);
  }

  #tensors(value: unknown): readonly Reference[] {
    if (Array.isArray(value)) return value.flatMap((part) => this.#tensors(part));
    if (!isRecord(value)) return [];
    if (value.class_name !== '__keras_tensor__') return Object.values(value).flatMap((part) => this.#tensors(part));
    const history = isRecord(value.config) ? value.config.keras_history : undefined;
    if (!Array.isArray(history)) throw new KerasRefusal('a tensor in the topology has no "keras_history"');
    const [name, call, tensor] = history;
    return [this.#reference(String(name), Number(call), Number(tensor))];
  }

  #reference(name: string, call: number, tensor: number): Reference {
    const layer = this.#layers.get(name);
    if (layer === undefined) throw new KerasRefusal(`the topology refers to a layer "${name}" that it does not have`);
    // Keras may count calls of other models too; where there is only one, it is that.
    const count = nodesOf(layer).length;
    const at = count <= 1 ? 0 : call;
    if (!(at >= 0 && at < Math.max(1, count)) || !(tensor >= 0)) {
      throw new KerasRefusal(`the topology refers to call ${call} of layer "${name}", which has ${count}`);
    }
    // In TensorFlow.js, the first call of a nested model is the one that defined it.
    const isModel = isRecord(layer.config) && Array.isArray(layer.config.layers);
    return [name, isModel ? at + 1 : at, tensor];
  }
}

function nodesOf({ inbound_nodes: nodes }: Json): readonly unknown[] {
  return Array.isArray(nodes) ? nodes : [];
}

function nameOf({ name, config }: Json): string {
  return String(name ?? (isRecord(config) ? config.name : ''));
}
