import { expect, test } from 'vitest';
import { callProblem } from '../../../server/engine/tfjs/call-order.js';

type Calls = readonly (readonly (readonly [name: string, call: number])[])[];

function layer(name: string, calls: Calls, more: object = {}) {
  const inbound = calls.map((call) => call.map(([from, at]) => [from, at, 0, {}]));
  return { class_name: 'Dense', name, config: { name }, inbound_nodes: inbound, ...more };
}

/** A functional model on the input `x`. */
function model(...layers: readonly object[]) {
  const x = layer('x', [], { class_name: 'InputLayer' });
  return { model_config: { class_name: 'Model', config: { layers: [...layers, x], input_layers: [['x', 0, 0]] } } };
}

const INNER = { class_name: 'Sequential', config: { name: 'm', layers: [] } };

test.each([
  ['in the order of their layers or not', model(layer('b', [[['a', 0]]]), layer('a', [[['x', 0]]]))],
  [
    'of a shared layer',
    model(layer('a', [[['x', 0]], [['b', 0]]]), layer('b', [[['a', 0]]]), layer('c', [[['a', 1]]])),
  ],
  ['of a nested model', model(layer('m', [[['x', 0]]], INNER), layer('a', [[['m', 1]]]))],
  ['of a sequential model', { class_name: 'Sequential', config: { layers: [{ class_name: 'Dense', config: {} }] } }],
])('calls can be made: %s', (_, topology) => {
  expect(callProblem(topology)).toBeUndefined();
});

test.each([
  ['for a layer that is not there', model(layer('a', [[['y', 0]]])), '"a"'],
  ['for a call that is not there', model(layer('a', [[['x', 1]]])), '"a"'],
  ['for each other', model(layer('a', [[['b', 0]]]), layer('b', [[['a', 0]]])), '"a", "b"'],
  ['inside a nested model', model(layer('m', [[['x', 0]]], model(layer('i', [[['j', 0]]])).model_config)), '"i"'],
])('calls that wait %s are named', (_, topology, names) => {
  expect(callProblem(topology)).toBe(
    `the topology calls ${names} on what no layer before gives; export or copy the model again`,
  );
});
