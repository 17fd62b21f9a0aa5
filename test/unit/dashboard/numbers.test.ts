import { expect, test } from 'vitest';
import { moodOf, moodWord } from '../../../dashboard/data/mood.js';
import { isSentiment, pull, toneOf } from '../../../dashboard/data/sentiment.js';
import { placeLabels } from '../../../dashboard/label-places.js';
import { behind, count, micros, rate, signed, span, wholeShares } from '../../../dashboard/ui/format.js';
import { Random } from '../../support/random.js';

test('whole shares sum to 100 whatever the counts, and nothing has no shares', () => {
  const random = new Random(7);
  for (let round = 0; round < 500; round += 1) {
    const counts = [random.below(1000), random.below(7), random.below(100_000)];
    const shares = wholeShares(counts);
    if (counts.every((value) => value === 0)) expect(shares).toBeUndefined();
    else expect(shares?.reduce((sum, value) => sum + value, 0)).toBe(100);
  }
  expect(wholeShares([1, 1, 1])).toEqual([34, 33, 33]);
  expect(wholeShares([0, 0, 0])).toBeUndefined();
  expect(wholeShares([Number.NaN, 0, 0])).toBeUndefined();
});

test('the mood is the difference of the shares beside it', () => {
  const mood = moodOf({ positive: 545, neutral: 295, negative: 160 });

  expect(mood).toEqual({ positive: 55, neutral: 29, negative: 16, points: 39 });
  expect(moodOf({ positive: 0, neutral: 0, negative: 0 })).toBeUndefined();
  expect(moodOf({ positive: 0, neutral: 0, negative: 3 })?.points).toBe(-100);
});

test.each([
  [0, 'Mixed'],
  [-9, 'Mixed'],
  [10, 'Leaning positive'],
  [-49, 'Leaning negative'],
  [50, 'Strongly positive'],
  [-100, 'Strongly negative'],
])('a mood of %d is called %s', (points, word) => {
  expect(moodWord(points)).toBe(word);
});

test('points are always signed', () => {
  expect([38, -4, 0].map(signed)).toEqual(['+38', '−4', '±0']);
});

test('times of a receipt: whole µs, one decimal to 10 ms, whole ms, seconds', () => {
  const text = (us: number): string => `${micros(us).value} ${micros(us).unit}`;
  expect([40, 999.4, 999.6, 1600, 9949, 9951, 122_000, 1_240_000].map(text)).toEqual([
    '40 µs',
    '999 µs',
    '1.0 ms',
    '1.6 ms',
    '9.9 ms',
    '10 ms',
    '122 ms',
    '1.2 s',
  ]);
});

test('rates and counts stay short', () => {
  expect([0, 0.4, 84, 2041, 25_100, 99_999].map(rate)).toEqual(['0', '0.4', '84', '2,041', '25.1k', '100.0k']);
  expect(count(1_234_567)).toEqual({ value: '1.2', unit: 'M' });
});

test('spans name their two largest units', () => {
  const plain = (ms: number): string => span(ms).replaceAll('\u00a0', ' ');
  expect([0, 19_000, 130_000, 120_000, 3_840_000, 532_800_000].map(plain)).toEqual([
    '0 s',
    '19 s',
    '2 m 10 s',
    '2 m',
    '1 h 4 m',
    '6 d 4 h',
  ]);
  expect(behind(340).replace('\u00a0', ' ')).toBe('0.3 s');
});

test('labels beside the column never cover one another and stay inside', () => {
  const random = new Random(3);
  for (let round = 0; round < 300; round += 1) {
    const cuts = [random.below(300), random.below(300)].sort((a, b) => a - b);
    const [first = 0, second = 0] = cuts;
    const tops = placeLabels([first / 2, (first + second) / 2, (second + 300) / 2], 40, 300);
    for (const [index, top] of tops.entries()) {
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top + 40).toBeLessThanOrEqual(300);
      if (index > 0) expect(top - (tops[index - 1] ?? 0)).toBeGreaterThanOrEqual(40);
    }
  }
});

test('a word pulls towards the side that it helped', () => {
  expect(pull(0.41, 'negative')).toEqual({ tone: 'negative', value: -0.41 });
  expect(pull(-0.2, 'negative')).toEqual({ tone: 'positive', value: 0.2 });
  expect(pull(0.3, 'POSITIVE')).toEqual({ tone: 'positive', value: 0.3 });
  expect(pull(0.1, 'neutral')).toEqual({ tone: 'neutral', value: 0.1 });
  expect(toneOf('mixed')).toBe('neutral');
  expect(isSentiment(['negative', 'positive'])).toBe(true);
  expect(isSentiment(['setosa', 'virginica'])).toBe(false);
});
