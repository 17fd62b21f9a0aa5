import { expect, test } from 'vitest';
import { transposed } from '../../../../bench/engines/models/onnx-models.js';

test('a dimension moves with its elements', () => {
  const matrix = { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(transposed(matrix, [1, 0])).toEqual({ shape: [3, 2], values: Float32Array.of(1, 4, 2, 5, 3, 6) });

  const filters = { shape: [2, 1, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(transposed(filters, [2, 1, 0])).toEqual({ shape: [3, 1, 2], values: Float32Array.of(1, 4, 2, 5, 3, 6) });
});
