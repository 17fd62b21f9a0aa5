import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../../bench/harness/latency-histogram.js';
import { Random } from '../../../demo/text/random.js';

test('a percentile is within 1/128 of the exact one, whatever the size of the values', () => {
  const random = new Random(7);
  const values = Array.from({ length: 5000 }, () => 10 ** (random.next() * 7));
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  const sorted = values.map(Math.floor).sort((a, b) => a - b);
  for (const share of [0.001, 0.25, 0.5, 0.9, 0.99, 1]) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
    expect(Math.abs(histogram.percentile(share) - exact)).toBeLessThanOrEqual(exact / 128);
  }
});

test('small values are exact', () => {
  const histogram = new LatencyHistogram();
  for (let value = 0; value < 256; value++) histogram.record(value);
  expect(histogram.percentile(0.5)).toBe(127);
  expect(histogram.percentile(1)).toBe(255);
  expect(histogram.percentile(0)).toBe(0);
});

test('values beyond both ends are counted at the ends', () => {
  const histogram = new LatencyHistogram();
  histogram.record(-3);
  histogram.record(1e12);
  expect(histogram.total).toBe(2);
  expect(histogram.percentile(0.5)).toBe(0);
  expect(histogram.percentile(1)).toBeGreaterThan(2 ** 30);
});

test('histograms of several processes add up to the one of all their values', () => {
  const [one, two, both] = [new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()];
  for (let value = 1; value < 100_000; value += 37) {
    (value % 2 === 0 ? one : two).record(value);
    both.record(value);
  }
  const merged = LatencyHistogram.of(one.toCounts(), two.toCounts());
  expect(merged.total).toBe(both.total);
  expect(merged.toCounts()).toEqual(both.toCounts());
});

test('without values there is no percentile, and a reset forgets all of them', () => {
  const histogram = new LatencyHistogram();
  histogram.record(5);
  histogram.reset();
  expect(histogram.total).toBe(0);
  expect(histogram.percentile(0.5)).toBeNaN();
});
