/**
 * Checks that the calls of a functional model can be made in some order. TensorFlow.js tries for ever where one waits for
 * a layer that is not there, or for itself. Pure.
 */

import { isRecord } from '../../../shared/parse.js';

type Json = Readonly<Record<string, unknown>>;

/** Most layers named in a message. */
const MOST_NAMED = 3;

/** What cannot be called, in one line; undefined when everything can. */
export function callProblem(topology: unknown): string | undefined {
  if (Array.isArray(topology)) return firstOf(topology);
  if (!isRecord(topology)) return undefined;
  const { layers } = topology;
  const stuck = Array.isArray(layers) && 'input_layers' in topology ? waiting(layers.filter(isRecord)) : [];
  if (stuck.length === 0) return firstOf(Object.values(topology));
  const named = stuck.slice(0, MOST_NAMED).map((name) => `"${name}"`);
  const more = stuck.length > named.length ? ` and ${stuck.length - named.length} more` : '';
  return `the topology calls ${named.join(', ')}${more} on what no layer before gives; export or copy the model again`;
}

function firstOf(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const problem = callProblem(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Names of the layers with calls that never can be made. */
function waiting(layers: readonly Json[]): readonly string[] {
  /** Calls that were made, by layer: defining an input or a model counts as one. */
  const made = new Map<string, number>();
  for (const layer of layers) made.set(nameOf(layer), isDefined(layer) ? 1 : 0);
  let open = layers.flatMap((layer) => {
    const { inbound_nodes: calls } = layer;
    return Array.isArray(calls) ? calls.map((call: unknown) => ({ name: nameOf(layer), call })) : [];
  });
  for (let before = open.length + 1; open.length < before; ) {
    before = open.length;
    open = open.filter(({ name, call }) => {
      if (!canBeMade(call, made)) return true;
      made.set(name, (made.get(name) ?? 0) + 1);
      return false;
    });
  }
  return [...new Set(open.map(({ name }) => name))];
}

function canBeMade(call: unknown, made: ReadonlyMap<string, number>): boolean {
  if (!Array.isArray(call)) return true;
  return call.every((from: unknown) => !Array.isArray(from) || (made.get(String(from[0])) ?? 0) > Number(from[1]));
}

function isDefined({ class_name: className, config }: Json): boolean {
  return className === 'InputLayer' || (isRecord(config) && Array.isArray(config.layers));
}

function nameOf({ name, config }: Json): string {
  return String(name ?? (isRecord(config) ? config.name : ''));
}
