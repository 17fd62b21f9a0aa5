import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBounds, refuseShape } from '../../../../server/transports/wire/json-shape.js';

const BOUNDS = { maxDepth: 32, maxParts: 1000 };
/** Texts below this length are not checked. */
const pad = (text: string): string => `{"pad":"${'x'.repeat(4100)}","it":${text}}`;

test('nesting up to the limit is taken, one more is not', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  expect(refuseShape(pad(nested(31)), BOUNDS)).toBeUndefined();
  expect(refuseShape(pad(nested(32)), BOUNDS)).toMatch(/nested more than 32 deep/);
  expect(refuseShape(pad('{"a":'.repeat(32)), BOUNDS)).toMatch(/nested/);
});

test('arrays, objects and members count together', () => {
  for (const part of ['[]', '{}', '{"a":1}'])
    expect(refuseShape(pad(`[${Array(1001).fill(part).join()}]`), BOUNDS)).toMatch(/more than 1000/);
  expect(refuseShape(pad(`[${Array(5000).fill(1).join()}]`), BOUNDS)).toBeUndefined();
});

test('brackets in texts are no brackets, however the text is escaped', () => {
  for (const text of ['"[[[["', '"\\"[[[["', '"\\\\"', '"a\\\\\\"[{[{"', '"\\u0022[[[["'])
    expect(refuseShape(pad(`[${Array(500).fill(text).join()}]`), BOUNDS)).toBeUndefined();
});

test('any JSON document is refused exactly when it is over the bounds', () => {
  const bounds = { maxDepth: 4, maxParts: 30 };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const [depth, parts] = measure({ pad: 'x'.repeat(4100), it: value });
      const refused = refuseShape(pad(JSON.stringify(value)), bounds) !== undefined;
      expect(refused).toBe(depth > bounds.maxDepth || parts > bounds.maxParts);
    }),
  );
});

function measure(value: unknown): [depth: number, parts: number] {
  if (typeof value !== 'object' || value === null) return [0, 0];
  const inner = Object.values(value).map(measure);
  const members = Array.isArray(value) ? 0 : inner.length;
  return [
    1 + Math.max(0, ...inner.map(([depth]) => depth)),
    1 + members + inner.reduce((sum, [, parts]) => sum + parts, 0),
  ];
}

test('an image of 224 x 224 pixels as nested arrays is within the bounds of a megabyte', () => {
  const image = Array.from({ length: 224 }, () => Array.from({ length: 224 }, () => [0, 0, 0]));

  expect(refuseShape(JSON.stringify({ input: image }), jsonBounds(1 << 20))).toBeUndefined();
});
