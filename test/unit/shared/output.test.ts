import { expect, test } from 'vitest';
import { LabelScores, readPrediction } from '../../../shared/output.js';

const YES_NO = { ref: 'm@1', outputs: [{ name: 'y', dtype: 'float32', shape: [1] }], labels: ['no', 'yes'] } as const;

test('one number for two labels is the score of the second', () => {
  const output = { arrays: [Float32Array.of(9, 0.25, 0.75, 0.5)], firstRow: 1, rows: 3 };

  expect(readPrediction(YES_NO, output, true)).toEqual({
    prediction: [[0.25], [0.75], [0.5]],
    model: 'm@1',
    label: ['no', 'yes', 'yes'],
    score: [0.75, 0.75, 0.5],
  });
  expect(readPrediction(YES_NO, { ...output, rows: 1 }, false)).toEqual({
    prediction: [0.25],
    model: 'm@1',
    label: 'no',
    score: 0.75,
  });
});

test('as many numbers as labels are their scores', () => {
  const scores = new LabelScores([{ name: 'y', dtype: 'float32', shape: [1, 2] }], 2);
  const array = Float32Array.of(9, 9, -1, 3);

  expect([scores.best(array, 1), scores.of(array, 1, 0), scores.of(array, 1, 1)]).toEqual([1, -1, 3]);
});
