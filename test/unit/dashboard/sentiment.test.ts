import { expect, test } from 'vitest';
import { scoresByTone } from '../../../dashboard/data/sentiment.js';

test('scores are added up by tone, one for each label', () => {
  expect(scoresByTone([[0.5, 0.25, 0.25]], ['negative', 'neutral', 'positive'])).toEqual({
    negative: 0.5,
    neutral: 0.25,
    positive: 0.25,
  });
});

test('one number for two labels is the score of the second', () => {
  expect(scoresByTone([0.75], ['negative', 'positive'])).toEqual({ negative: 0.25, neutral: 0, positive: 0.75 });
});

test('numbers that do not fit the labels are no scores', () => {
  expect(scoresByTone([0.75], ['negative', 'neutral', 'positive'])).toBeUndefined();
  expect(scoresByTone({ a: [1] }, ['negative', 'positive'])).toBeUndefined();
});
