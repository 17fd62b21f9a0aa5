import { expect, test } from 'vitest';
import type { BatchFigures, CellFigures, EngineName, ModelName } from '../../../../bench/engines/cells.js';
import { tablesOf } from '../../../../bench/engines/report.js';
import { linesOf, summarise } from '../../../../bench/engines/summary.js';
import { targetTable } from '../../../../bench/harness/target.js';

function batch(rows: number, sessionUs: number, bareUs: number): BatchFigures {
  return { rows, sessionUs, sessionCpuUs: sessionUs, bareUs };
}

function cell(model: ModelName, engine: EngineName, batches: readonly BatchFigures[], otherLoad = 0): CellFigures {
  return { model, engine, why: 'the test says so', batches, answers: [], otherLoad };
}

const captured = [batch(1, 25, 100), batch(32, 50, 100)];

test('a figure is the median of the rounds, and so is the ratio of a round', () => {
  const rounds = [batch(32, 10, 10), batch(32, 40, 20), batch(32, 20, 5)].map((one) => cell('mlp', 'onnx-node', [one]));
  const [line, ...others] = linesOf(rounds);

  expect(others).toEqual([]);
  expect(line).toMatchObject({ sessionUs: 20, bareUs: 10, overBare: 2, predictionsPerSecond: 1_600_000 });
});

test('lines are in the order of models, engines and rows, without sizes that were left out', () => {
  const rounds = [
    cell('lstm', 'tfjs-cpu', [batch(8, 1, 1), batch(1, 1, 1)]),
    cell('mlp', 'onnx-wasm', [batch(1, 1, 1)]),
    cell('mlp', 'tfjs-wasm', [batch(1, 1, 1)]),
  ];
  const places = linesOf(rounds).map(({ model, engine, rows }) => `${model} ${engine} ${rows}`);

  expect(places).toEqual(['mlp tfjs-wasm 1', 'mlp onnx-wasm 1', 'lstm tfjs-cpu 1', 'lstm tfjs-cpu 8']);
  expect(tablesOf(linesOf(rounds))[0]).toMatch(/mlp +tfjs-wasm +1\.0 +-/);
});

test('each target has its own figure, and what misses it by little misses it', () => {
  const rounds = [
    cell('mlp', 'tfjs-captured', captured),
    cell('conv1d', 'tfjs-captured', [batch(8, 100, 95)]),
    cell('mlp', 'saved-model', [batch(1, 13, 10), batch(32, 99, 1)]),
    cell('mlp', 'onnx-node', [batch(1, 10, 10)]),
    cell('lstm', 'onnx-node', [batch(1, 131, 100)]),
    cell('mlp', 'onnx-wasm', [batch(1, 5, 10)]),
  ];
  const { targets } = summarise(rounds);

  expect(targets.map(({ measured }) => measured)).toEqual(['1.30 x', '1.31 x', '0.50 x', '4.00 x', '2.00 x', '0.95 x']);
  expect(targets.map(({ isMet }) => isMet)).toEqual([true, false, true, true, true, true]);
  expect(targetTable(targets)).toContain('onnx-node, 1 row, the most: lstm');
  expect(targetTable(targets)).toContain('the least: conv1d, 8 rows');

  const slower = [cell('mlp', 'tfjs-captured', [batch(1, 26, 100), batch(32, 51, 100), batch(128, 100, 94)])];
  expect(summarise(slower).targets.map(({ isMet }) => isMet)).toEqual([
    undefined,
    undefined,
    undefined,
    false,
    false,
    false,
  ]);
});

test('the gain of a capture is not that of an engine that is not captured', () => {
  const { targets } = summarise([cell('mlp', 'tfjs-native', captured)]);

  expect(targets.every(({ isMet }) => isMet === undefined)).toBe(true);
});

test('processes beside the bench make its figures doubtful', () => {
  const busy = [0.05, 0.3, 0.4].map((load) => cell('mlp', 'tfjs-cpu', [batch(1, 1, 1)], load));
  const quiet = [0.05, 0.05, 0.4].map((load) => cell('mlp', 'tfjs-cpu', [batch(1, 1, 1)], load));

  expect(summarise(busy).doubts).toEqual([expect.stringContaining('0.30 cores')]);
  expect(summarise(quiet).doubts).toEqual([]);
});
