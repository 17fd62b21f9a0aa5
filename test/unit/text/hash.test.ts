// The hash against published test values of its two parts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHARACTER_SEED, hashPoint, mix, rowOf, WORD_SEED } from '../../../shared/text/hash.js';

const hash = (text: string) =>
  [...text].reduce((sum, point) => hashPoint(sum, point.codePointAt(0) ?? 0), WORD_SEED) >>> 0;

test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('the hash of %j is the one FNV-1a gives for these bytes', (text, expected) => {
  expect(hash(text)).toBe(expected);
});

test.each([
  [0, 0],
  [1, 0x514e28b7],
  [0xffffffff, 0x81f16f39],
])('mix(%d) is the value of murmur3 fmix32', (input, expected) => {
  expect(mix(input)).toBe(expected);
});

test('a row lies inside the table and never on the padding row', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 24 }), (value, bits) => {
      const row = rowOf(value, bits);
      expect(row).toBeGreaterThanOrEqual(1);
      expect(row).toBeLessThan(2 ** bits);
    }),
  );
  expect(rowOf(0, 16)).toBe(1);
});

test('words and character n-grams with the same letters have different rows', () => {
  expect(rowOf(hashPoint(WORD_SEED, 0x61), 16)).not.toBe(rowOf(hashPoint(CHARACTER_SEED, 0x61), 16));
});
