import { expect, test } from 'vitest';
import { RecentValues } from '../../../shared/time/recent-values.js';

test('percentiles are values that were added, by nearest rank', () => {
  const values = new RecentValues();
  expect(values.percentile(0.5)).toBeUndefined();

  values.add(7);
  expect([values.percentile(0), values.percentile(0.5), values.percentile(1)]).toEqual([7, 7, 7]);

  for (const value of [30, 10, 20]) values.add(value);
  expect([values.percentile(0.5), values.percentile(0.75), values.percentile(0.99)]).toEqual([10, 20, 30]);
  expect(values.size).toBe(4);
});

test('the newest thousand count, in whatever order they came', () => {
  const values = new RecentValues();
  for (let value = 0; value < 3_500; value++) values.add(value);

  expect(values.size).toBe(1_000);
  expect([values.percentile(0), values.percentile(0.5), values.percentile(1)]).toEqual([2_500, 2_999, 3_499]);
});
