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

test('any other reason is its first line', () => {
  expect(openingProblem(new Error('Shapes do not match\nat x'))).toBe('Shapes do not match');
});
