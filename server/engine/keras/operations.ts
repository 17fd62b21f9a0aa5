/** Operations between tensors of a Keras 3 model, such as `x / 255`, as layers that TensorFlow.js has. Pure. */

import { isRecord } from '../../../shared/parse.js';
import { AS_GRAPH, KerasRefusal } from './refusal.js';
import type { Json } from './settings.js';

/** Of two tensors. */
const MERGES: Readonly<Record<string, string>> = {
  Add: 'Add',
  Subtract: 'Subtract',
  Multiply: 'Multiply',
  Maximum: 'Maximum',
  Minimum: 'Minimum',
};

/** Of a tensor and a number: as scale and offset. */
const SCALES: Readonly<Record<string, (value: number, isFirst: boolean) => readonly [number, number] | undefined>> = {
  Add: (value) => [1, value],
  Subtract: (value, isFirst) => (isFirst ? [-1, value] : [1, -value]),
  Multiply: (value) => [value, 0],
  Divide: (value, isFirst) => (isFirst ? undefined : [1 / value, 0]),
  TrueDivide: (value, isFirst) => (isFirst ? undefined : [1 / value, 0]),
};

const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Silu: 'silu',
  Softplus: 'softplus',
  Softsign: 'softsign',
  Exp: 'exponential',
};

/** Whether this entry of a graph is an operation and no layer. */
export function isOperation({ module, registered_name: registered }: Json): boolean {
  return [module, registered].some((where) => typeof where === 'string' && /^keras\.(src\.)?ops(\.|$)/.test(where));
}

export function layerOfOperation(operation: Json, name: string): Json {
  const className = String(operation.class_name);
  const [args] = Array.isArray(operation.inbound_nodes) ? operation.inbound_nodes : [];
  const given = argumentsOf(args);
  const numbers = given.filter((value) => typeof value === 'number');
  const dtype = 'float32';
  const activation = given.length === 1 ? ACTIVATIONS[className] : undefined;
  if (activation !== undefined) return { class_name: 'Activation', config: { name, dtype, activation } };
  if (given.length === 2 && numbers.length === 0 && given.every(isRecord)) {
    const merge = MERGES[className];
    if (merge !== undefined) return { class_name: merge, config: { name, dtype } };
  }
  const [value] = numbers;
  if (given.length === 2 && numbers.length === 1 && value !== undefined) {
    const scaled = SCALES[className]?.(value, typeof given[0] === 'number');
    if (scaled !== undefined) {
      const [scale, offset] = scaled;
      return { class_name: 'Rescaling', config: { name, dtype, scale, offset } };
    }
  }
  throw new KerasRefusal(`"${name}" is the operation ${className}, for which TensorFlow.js has no layer; ${AS_GRAPH}`);
}

function argumentsOf(node: unknown): readonly unknown[] {
  if (!isRecord(node)) return [];
  const named = isRecord(node.kwargs) ? Object.values(node.kwargs) : [];
  return [...(Array.isArray(node.args) ? node.args : []), ...named].filter((value) => value !== null);
}
