import { expect, test } from 'vitest';
import { openingProblem } from '../../../server/engine/tfjs/tfjs-model.js';

test('a layer that TensorFlow.js does not have is named, with what to do', () => {
  const thrown = new Error(
    'Unknown layer: Normalization. This may be due to one of the following reasons:\n1. The layer is defined in Python',
  );
  expect(openingProblem(thrown)).toBe(
    'TensorFlow.js has no layer Normalization; export the model without it, or as a graph model, which needs no layers',
  );
});

test.each([
  ['Unknown activation: snake. This may', /^TensorFlow\.js has no activation snake; export the model without it/],
  ['4 of 5 weights are not set: n/a,n/b,n/c,n/d', /^no weight file holds the model's n\/a, n\/b, n\/c, \.\.\.; train/],
  ['Provided weight data has no target variable: d/k', /^no layer of the model takes the weight d\/k of its file; exp/],
  ['CAUSAL padding is not implemented yet.', /^CAUSAL padding is not implemented yet; export it as a graph model: /],
])('what TensorFlow.js says of a model gets a remedy: %s', (message, expected) => {
  expect(openingProblem(new Error(message))).toMatch(expected);
});

test('a graph is not told to become a graph', () => {
  const cause = new Error('Fused Thing has not been implemented for the CPU backend.');
  expect(openingProblem(cause, 'tfjs-graph')).toBe(
    'Fused Thing has not been implemented for the CPU backend; export the model without it, or serve its SavedModel, which needs the native engine',
  );
});

test('a topology that TensorFlow.js stumbles over is to be exported again', () => {
  expect(openingProblem(new TypeError('x is not iterable\nat y'))).toBe(
    'TensorFlow.js cannot build what its file describes (x is not iterable); export or copy the model again',
  );
});

test('any other reason is its first line', () => {
  expect(openingProblem(new Error('Shapes do not match\nat x'))).toBe('Shapes do not match');
});
