import { expect, test } from 'vitest';
import { countProblem, scoreProblem } from '../../../server/models/labelling.js';

function model(...shape: readonly number[]) {
  return { outputs: [{ name: 'y', dtype: 'float32' as const, shape }] };
}

test.each([
  ['as many as elements', model(3), ['a', 'b', 'c']],
  ['as many as elements of a matrix', model(1, 2), ['a', 'b']],
  ['two for one number', model(1), ['no', 'yes']],
  ['one for one number', model(1), ['yes']],
])('labels fit: %s', (_, one, labels) => {
  expect(countProblem(one, labels)).toBeUndefined();
});

test('another number of labels does not fit', () => {
  expect(countProblem(model(1), ['a', 'b', 'c'])).toBe('3 labels, but output "y" has 1 elements');
  expect(countProblem(model(3), ['a', 'b'])).toBe('2 labels, but output "y" has 3 elements');
});

test('two labels for one number need a score', () => {
  const labels = ['no', 'yes'];

  expect(scoreProblem(model(1), labels, Float32Array.of(0, 0.25, 1, Number.NaN))).toBeUndefined();
  expect(scoreProblem(model(1), labels, Float32Array.of(0.5, -0.25))).toMatch(/^2 labels, but .* -0\.25 .* sigmoid$/);
  expect(scoreProblem(model(1), labels, Float32Array.of(1.5))).toMatch(/ 1\.5 /);
  expect(scoreProblem(model(1), ['yes'], Float32Array.of(-7))).toBeUndefined();
  expect(scoreProblem(model(2), labels, Float32Array.of(-7, 7))).toBeUndefined();
});
