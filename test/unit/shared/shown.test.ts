import { expect, test } from 'vitest';
import { shown } from '../../../shared/words/shown.js';

const circle: { own?: unknown } = {};
circle.own = circle;

test.each([
  [undefined, 'nothing'],
  [null, 'null'],
  ['two\nlines', '"two\\nlines"'],
  [Number.NaN, 'NaN'],
  [[1, Number.POSITIVE_INFINITY], '[1,"Infinity"]'],
  [() => 1, 'a function'],
  [Symbol('s'), 'a symbol'],
  [1n, 'a bigint'],
  [circle, 'an object'],
  [{ toJSON: () => undefined }, 'an object'],
  ['x'.repeat(100), `"${'x'.repeat(59)}…`],
])('%o is shown in one short line', (value, text) => {
  expect(shown(value)).toBe(text);
});
