import { expect, test } from 'vitest';
import { fromFloat16, toFloat16 } from '../src/float16.js';

function halves(...values: readonly number[]): number[] {
  const target = new Uint16Array(values.length);
  toFloat16(Float32Array.from(values), target);
  return [...target];
}

test('every value of float16 comes back as it was', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, half) => half);
  const values = new Float32Array(all.length);
  fromFloat16(all, values);
  const back = new Uint16Array(all.length);
  toFloat16(values, back);
  const isNan = (half: number): boolean => (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0;
  expect([...all].filter((half) => !isNan(half) && back[half] !== half)).toEqual([]);
  expect([...all].filter((half) => isNan(half) && !isNan(back[half] ?? 0))).toEqual([]);
  expect([values[0x3c00], values[0xc000], values[0x7bff], values[1], values[0x7c00]]).toEqual([
    1,
    -2,
    65_504,
    2 ** -24,
    Number.POSITIVE_INFINITY,
  ]);
});

test('what lies between is rounded to the nearest, ties to even', () => {
  expect(halves(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20)).toEqual([0x3c00, 0x3c02, 0x3c01]);
  expect(halves(65_519, 65_520, -1e30)).toEqual([0x7bff, 0x7c00, 0xfc00]);
  expect(halves(2 ** -25, 2 ** -25 + 2 ** -30, 2 ** -26, -0)).toEqual([0, 1, 0, 0x8000]);
  // The largest subnormal, and what is rounded up to the smallest normal one.
  expect(halves(1023 * 2 ** -24, 1023.75 * 2 ** -24)).toEqual([0x03ff, 0x0400]);
});
