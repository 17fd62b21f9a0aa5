import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BATCH_ROWS, TIME_US } from '../../../server/observe/metrics/buckets.js';
import { MAX_TIMEOUT_MS } from '../../../shared/limits.js';
import { Buckets, Histogram } from '../../../shared/time/histogram.js';

/** As Prometheus defines it: how many values do not exceed each bound. */
function naive(bounds: readonly number[], values: readonly number[]): readonly number[] {
  return [...bounds, Number.POSITIVE_INFINITY].map((bound) => values.filter((value) => value <= bound).length);
}

function recorded(buckets: Buckets, values: readonly number[]): Histogram {
  const histogram = new Histogram(buckets);
  for (const value of values) histogram.record(value);
  return histogram;
}

test.each([
  ['times', TIME_US],
  ['rows of a batch', BATCH_ROWS],
])(
  '%s: every bound and its neighbours come into the bucket that a search from the first one finds',
  (_name, buckets) => {
    for (const bound of [0, 1, ...buckets.bounds, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 45])
      for (const value of [bound - 1, bound, bound + 1].filter((near) => near >= 0)) {
        const found = buckets.bounds.findIndex((limit) => value <= limit);
        expect([value, buckets.indexOf(value)]).toEqual([value, found < 0 ? buckets.bounds.length : found]);
      }
  },
);

test('any values in any buckets are counted as a naive histogram counts them', () => {
  const value = fc.oneof(fc.nat(100), fc.nat(1_000_000), fc.integer({ min: 0, max: 2 ** 40 }));
  const bounds = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 33 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(bounds, fc.array(value), (unsorted, values) => {
      const sorted = [...unsorted].sort((a, b) => a - b);
      const histogram = recorded(new Buckets(sorted), values);

      expect(histogram.cumulative()).toEqual(naive(sorted, values));
      expect(histogram.sum).toBe(values.reduce((sum, one) => sum + one, 0));
    }),
  );
});

test('times go as far as a request can live', () => {
  expect(TIME_US.bounds.at(-1)).toBe(MAX_TIMEOUT_MS * 1000);
});
