import { expect, test } from 'vitest';
import { differenceOf, disagreement } from '../../../../bench/engines/answers.js';
import type { CellFigures, EngineName, ModelName } from '../../../../bench/engines/cells.js';

function cell(model: ModelName, engine: EngineName, answers: readonly number[]): CellFigures {
  return { model, engine, why: 'the test says so', batches: [], answers, otherLoad: 0 };
}

test('single precision is no difference, and what is no number is one', () => {
  expect(differenceOf([0.5, 0.25], Float32Array.of(0.50001, 0.25))).toBeUndefined();
  expect(differenceOf([0.5, 0.25], [0.5, 0.251])).toBe('element 1 is 0.25 and 0.251');
  expect(differenceOf([Number.NaN], [Number.NaN])).toBe('element 0 is NaN and NaN');
  expect(differenceOf([0.5], [])).toBe('1 numbers and 0');
});

test('engines are compared by model, and the one that differs is named with the first', () => {
  const right = [
    cell('mlp', 'tfjs-native', [0.5]),
    cell('lstm', 'tfjs-native', [0.1]),
    cell('mlp', 'onnx-node', [0.5]),
  ];

  expect(disagreement(right)).toBeUndefined();
  expect(disagreement([...right, cell('lstm', 'onnx-wasm', [0.2])])).toBe(
    'lstm on onnx-wasm answers otherwise than on tfjs-native: element 0 is 0.1 and 0.2',
  );
});
