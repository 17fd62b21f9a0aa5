import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactJsonBytes, JsonSize } from '../../../client/requests/json-size.js';

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.constant('\u0000"\\\ud800☃'),
    fc.array(tie('value')),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
  ),
})).value;

test('never gives a bound below the bytes of the JSON text, nor a floor above them', () => {
  fc.assert(
    fc.property(value, (input) => {
      const size = new JsonSize();

      const problem = size.add(input, 'input', Number.MAX_SAFE_INTEGER);

      const bytes = new TextEncoder().encode(JSON.stringify(input)).byteLength;
      expect(problem).toBeUndefined();
      expect(size.atMost).toBeGreaterThanOrEqual(bytes);
      // Each element is counted with its comma, and the last has none.
      expect(size.atLeast).toBeLessThanOrEqual(bytes + 1 + countArrays(input));
    }),
    { numRuns: 500, seed: 7 },
  );
});

function countArrays(input: unknown): number {
  if (typeof input !== 'object' || input === null) return 0;
  return Object.values(input).reduce<number>((sum, inner) => sum + countArrays(inner), Array.isArray(input) ? 1 : 0);
}

test('counts an attachment apart from the text, which holds a placeholder for it', () => {
  const size = new JsonSize();

  size.add({ a: new Uint8Array(5000), b: { data: new Uint8Array(7000) } }, 'input', 1000);

  expect(size.attachments).toBe(2);
  expect(size.largestAttachment).toBe(7000);
  expect(exactJsonBytes(['predict', { input: new Uint8Array(5000) }])).toBe(
    '["predict",{"input":{"_placeholder":true,"num":0}}]'.length,
  );
});
