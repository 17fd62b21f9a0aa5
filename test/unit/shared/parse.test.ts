import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ERRORS, isErrorCode, wireError } from '../../../shared/errors.js';
import { parseCancel, parsePredict } from '../../../shared/parse.js';
import { parsePace, parseSubscribe, parseUnsubscribe, parseWatch } from '../../../shared/parse-stream.js';

test('a minimal request gets the defaults, and unknown fields are ignored', () => {
  const request = { input: [1], priority: 2, whatever: {} };

  expect(parsePredict(request)).toEqual({
    ok: true,
    value: { input: [1], id: undefined, model: undefined, timeoutMs: 10_000 },
  });
});

test.each([
  ['no payload', undefined, 'predict expects an object'],
  ['a string', 'predict', 'predict expects an object'],
  ['an array', [1], 'predict expects an object'],
  ['bytes', new Uint8Array(4), 'predict expects an object'],
  ['no input', {}, 'input is missing'],
  ['a null input', { input: null }, 'input is missing'],
  ['an empty id', { input: 1, id: '' }, 'id must be'],
  ['a long id', { input: 1, id: 'x'.repeat(65) }, 'id must be'],
  ['a fractional id', { input: 1, id: 1.5 }, 'id must be'],
  ['a negative id', { input: 1, id: -1 }, 'id must be'],
  ['an object as id', { input: 1, id: {} }, 'id must be'],
  ['an upper-case model', { input: 1, model: 'Iris' }, 'model must be'],
  ['a path as model', { input: 1, model: '../../etc/passwd' }, 'model must be'],
  ['a model with an odd version', { input: 1, model: 'iris@latest' }, 'model must be'],
  ['a number as model', { input: 1, model: 3 }, 'model must be'],
  ['a long model', { input: 1, model: 'a'.repeat(65) }, 'model must be'],
  ['a timeout of 0', { input: 1, timeoutMs: 0 }, 'timeoutMs must be'],
  ['a timeout over the limit', { input: 1, timeoutMs: 60_001 }, 'timeoutMs must be'],
  ['NaN as timeout', { input: 1, timeoutMs: Number.NaN }, 'timeoutMs must be'],
  ['a string as timeout', { input: 1, timeoutMs: '100' }, 'timeoutMs must be'],
])('%s is refused with a message that names the field', (_title, raw, message) => {
  expect(parsePredict(raw)).toMatchObject({
    ok: false,
    error: { code: 'INVALID_INPUT', message: expect.stringContaining(message) },
  });
});

test('a refusal carries the id when that was valid', () => {
  expect(parsePredict({ id: 'a' })).toMatchObject({ ok: false, id: 'a' });
  expect(parsePredict({ id: 0, input: 1, model: '' })).toMatchObject({ ok: false, id: 0 });
});

test('cancel wants the id of a request', () => {
  expect(parseCancel({ id: 0 })).toEqual({ ok: true, value: { id: 0 } });
  for (const raw of [undefined, null, {}, { id: null }, 'a', { id: {} }]) expect(parseCancel(raw).ok).toBe(false);
});

test('no value whatever makes the parsers throw', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }), (raw) => {
      parsePredict(raw);
      parsePredict({ input: 1, id: raw, model: raw, timeoutMs: raw });
      parsePredict({ input: 1, stream: raw, key: raw, timing: raw });
      parseCancel(raw);
      for (const parse of [parseSubscribe, parseUnsubscribe, parsePace, parseWatch]) {
        parse(raw);
        parse({
          stream: 's',
          mode: raw,
          maxRate: raw,
          history: raw,
          windowMs: raw,
          position: raw,
          hidden: raw,
          on: raw,
        });
      }
    }),
  );
});

test('the error table is consistent: a 5xx for overload may be retried, a 4xx for bad input may not', () => {
  expect(
    Object.entries(ERRORS)
      .filter(([, { retryable }]) => retryable)
      .map(([code]) => code)
      .sort(),
  ).toEqual([
    'DEADLINE_EXCEEDED',
    'DRAINING',
    'ENGINE_FAILED',
    'MODEL_LOADING',
    'OVERLOADED',
    'RATE_LIMITED',
    'SLOW_VIEWER',
    'TOO_MANY_STREAMS',
  ]);
  expect(isErrorCode('OVERLOADED')).toBe(true);
  expect(isErrorCode('toString')).toBe(false);
  expect(wireError('OVERLOADED', 'm', 5)).toEqual({
    code: 'OVERLOADED',
    message: 'm',
    retryable: true,
    retryAfterMs: 5,
  });
});

test.each([
  ['ann', true],
  ['x'.repeat(128), true],
  [undefined, true],
  [null, true],
  ['', false],
  ['x'.repeat(129), false],
  [7, false],
])('subject %j is taken: %s', (subject, taken) => {
  const parsed = parsePredict({ input: 1, subject });
  expect(parsed.ok).toBe(taken);
  if (parsed.ok) expect(parsed.value.subject).toBe(subject ?? undefined);
  else expect(parsed.error.message).toMatch(/^subject must be a string of 1 to 128 characters/);
});
