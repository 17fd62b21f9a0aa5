import { expect, test } from 'vitest';
import { type GraphNode, makeGraph, type SizedTrace } from '../../../server/engine/tfjs/capture/graph.js';
import type { TracedConstant, TracedOp } from '../../../server/engine/tfjs/capture/trace.js';

const [FLOAT, INT] = [1, 3];
const TYPES = { int32: INT, firstInput: FLOAT, attribute: { int: 1, type: 4 } };
/** The input's number in every trace, and that of a weight. */
const [INPUT, WEIGHT] = [100, 7];

const ints = (...values: number[]): TracedConstant => ({ shape: [values.length], dtype: INT, values });
const op = (
  name: string,
  inputs: readonly number[],
  output: number,
  attributes: TracedOp['attributes'] = [],
): TracedOp => ({
  name,
  inputs,
  attributes,
  outputs: [{ id: output, shape: [], dtype: FLOAT }],
});

/** A trace of these ops; the constants' numbers begin at 200, or later. */
function traced(rows: number, ops: readonly TracedOp[], constants: readonly TracedConstant[], from = 200): SizedTrace {
  const last = ops.at(-1)?.outputs[0]?.id ?? INPUT;
  return {
    rows,
    trace: { ops, constants: new Map(constants.map((one, i) => [from + i, one])), inputs: [INPUT], outputs: [last] },
  };
}

function made(one: SizedTrace, two: SizedTrace): readonly GraphNode[] {
  const outcome = makeGraph(one, two, TYPES);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.graph.nodes;
}

const nodeOf = (nodes: readonly GraphNode[], name: string): GraphNode | undefined =>
  nodes.find((node) => node.name === name);

test('what is equal in both traces is fixed: inputs, weights, constants and ops by where they come from', () => {
  const constant = { shape: [], dtype: FLOAT, values: [0.5] };
  const run = (at: number): TracedOp[] => [op('MatMul', [INPUT, WEIGHT], at), op('Mul', [at, at + 50], at + 1)];
  const nodes = made(traced(2, run(300), [constant], 350), traced(3, run(400), [constant], 450));

  expect(nodes).toMatchObject([
    { kind: 'input', name: 'in0', index: 0 },
    { kind: 'weight', name: 'weight7', id: WEIGHT },
    { kind: 'op', name: 'op0', op: 'MatMul', inputs: ['in0', 'weight7'] },
    { kind: 'constant', name: 'const0', constant },
    { kind: 'op', name: 'op1', op: 'Mul', inputs: ['op0', 'const0'] },
  ]);
});

test('the batch in the shape of a reshape is -1', () => {
  const nodes = made(
    traced(2, [op('Reshape', [INPUT, 200], 300)], [ints(2, 4)]),
    traced(3, [op('Reshape', [INPUT, 200], 300)], [ints(3, 4)]),
  );
  expect(nodeOf(nodes, 'const0_open')).toMatchObject({ constant: { values: [-1, 4] } });

  // Also as a multiple: the batch and another dimension are one.
  const flat = (rows: number): SizedTrace => traced(rows, [op('Reshape', [INPUT, 200], 300)], [ints(5 * rows, 4)]);
  expect(nodeOf(made(flat(2), flat(3)), 'const0_open')).toMatchObject({ constant: { values: [-1, 4] } });
});

test('anywhere else, and where -1 would not be clear, it is computed from the input’s shape', () => {
  const tile = (rows: number): SizedTrace => traced(rows, [op('Tile', [INPUT, 200], 300)], [ints(2 * rows, 1)]);
  const nodes = made(tile(2), tile(3));
  const twice = (rows: number): SizedTrace => traced(rows, [op('Reshape', [INPUT, 200], 300)], [ints(rows, rows)]);

  expect(nodeOf(nodes, 'batch')).toMatchObject({
    op: 'StridedSlice',
    inputs: ['batch_shape', 'batch_0', 'batch_1', 'batch_1'],
  });
  expect(nodeOf(nodes, 'const0_0')).toMatchObject({ op: 'Mul', inputs: ['batch', 'const0_0_times'] });
  expect(nodeOf(nodes, 'op0')).toMatchObject({ inputs: ['in0', 'const0_all'] });
  expect(nodeOf(made(twice(2), twice(3)), 'const0_open_all')).toMatchObject({ op: 'ConcatV2' });
});

test('a constant of one value whose shape has the batch is filled', () => {
  const zeros = (rows: number): TracedConstant => ({ shape: [rows, 4], dtype: FLOAT, values: Array(4 * rows).fill(0) });
  const run = (rows: number): SizedTrace => traced(rows, [op('Add', [INPUT, 200], 300)], [zeros(rows)]);
  const nodes = made(run(2), run(3));

  expect(nodeOf(nodes, 'const0')).toMatchObject({ op: 'Fill', inputs: ['const0_dims_all', 'const0_value'] });
  expect(nodeOf(nodes, 'const0_value')).toMatchObject({ constant: { values: [0] } });
});

test.each<[string, SizedTrace, SizedTrace, RegExp]>([
  ['more ops', traced(2, [op('Relu', [INPUT], 300)], []), traced(3, [], []), /number of its ops/],
  ['another op', traced(2, [op('Relu', [INPUT], 300)], []), traced(3, [op('Elu', [INPUT], 300)], []), /Relu or Elu/],
  [
    'an attribute',
    traced(2, [op('Relu', [INPUT], 300, [{ name: 'k', type: 1, value: 2 }])], []),
    traced(3, [op('Relu', [INPUT], 300, [{ name: 'k', type: 1, value: 3 }])], []),
    /attribute of its op Relu/,
  ],
  [
    'values read back from the input',
    traced(2, [op('Mul', [INPUT, 200], 300)], [{ shape: [1], dtype: FLOAT, values: [0.1] }]),
    traced(3, [op('Mul', [INPUT, 200], 300)], [{ shape: [1], dtype: FLOAT, values: [0.2] }]),
    /depends on the batch, or on the input/,
  ],
  [
    'a size that is no multiple of the batch',
    traced(2, [op('Reshape', [INPUT, 200], 300)], [ints(4, 1)]),
    traced(3, [op('Reshape', [INPUT, 200], 300)], [ints(5, 1)]),
    /a size is 4 at batch 2 and 5 at batch 3/,
  ],
  [
    'other inputs',
    traced(2, [op('Relu', [INPUT], 300), op('Add', [300, INPUT], 301)], []),
    traced(3, [op('Relu', [INPUT], 300), op('Add', [INPUT, 300], 301)], []),
    /Add takes other inputs/,
  ],
])('is given up when the batch changes %s', (_what, one, two, reason) => {
  expect(makeGraph(one, two, TYPES)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});
