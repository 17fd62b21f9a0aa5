import { expect, test } from 'vitest';
import { wireError } from '../../../shared/errors.js';
import { withBodyHint, withInputHint } from '../../../shared/words/input-hint.js';

const WRONG = wireError('INVALID_INPUT', 'wrong');
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test.each<[string, unknown, RegExp | undefined]>([
  ['a typed array turned into JSON', json(Float32Array.of(1, 2, 3)), /typed array turned into JSON/],
  ['the same by name', { x: json(Float32Array.of(1, 2)) }, /^wrong; input\.x: .*typed array/],
  ['rows of them', [json(Float32Array.of(1, 2))], /typed array turned into JSON/],
  ['a Buffer turned into JSON', json(Buffer.from([1, 2])), /Buffer turned into JSON/],
  [
    'a tensor of TensorFlow.js',
    { kept: false, isDisposedInternal: false, shape: [1, 4], dtype: 'float32' },
    /tensor\.array\(\)/,
  ],
  ['shape with values', { shape: [4], dtype: 'float32', values: [1, 2, 3, 4] }, /\{ dtype, shape, data \}/],
  ['shape with numbers as data', { shape: [4], dtype: 'float32', data: [1, 2, 3, 4] }, /data must be bytes/],
  ['numbers in quotes', ['1', '2'], /must not be in quotes/],
  ['numbers in a text', '1,2,3,4', /numbers in a text/],
  ['JSON in a text', '[1, 2]', /JSON in a text/],
  ['base64', Buffer.from(Float32Array.of(1, 2, 3).buffer).toString('base64'), /base64/],
  ['a data URL', 'data:image/png;base64,AAAA', /base64/],
  [
    'NaN turned into null',
    [
      [1, 2],
      [3, json(Number.NaN)],
    ],
    /JSON has no NaN/,
  ],
  ['a tensor whose bytes did arrive', { shape: [4], dtype: 'float32', data: Buffer.alloc(3) }, undefined],
  ['the same by name', { x: { shape: [4], dtype: 'float32', data: new Uint8Array(3).buffer } }, undefined],
  ['a text for people', 'not bad at all', undefined],
  ['ragged numbers', [[1, 2], [3]], undefined],
  ['texts', ['good', 'bad'], undefined],
  ['an unknown object', { a: 1 }, undefined],
  ['nothing', {}, undefined],
])('%s is recognised', (_title, input, hint) => {
  const { code, message, retryable } = withInputHint(WRONG, input);

  expect({ code, retryable }).toEqual({ code: 'INVALID_INPUT', retryable: false });
  if (hint === undefined) expect(message).toBe('wrong');
  else expect(message).toMatch(hint);
});

test('another error than of the input is left as it is', () => {
  const full = wireError('OVERLOADED', 'full', 10);
  expect(withInputHint(full, ['1'])).toBe(full);
});

test.each<[unknown, RegExp | undefined]>([
  [{ instances: [[1, 2]] }, /TensorFlow Serving: send them as input/],
  [{ inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', data: [1] }] }, /Open Inference Protocol/],
  [{ inputs: { x: [1] } }, /inputs is no field of a request: send it as input/],
  [{ data: [1, 2] }, /data is no field of a request: send it as input/],
  [{ text: 'good' }, /text is no field/],
  [{ input: [1], data: 2 }, undefined],
  [[1, 2], undefined],
  [{}, undefined],
])('a body %j without input', (body, hint) => {
  const { message } = withBodyHint(WRONG, body);
  if (hint === undefined) expect(message).toBe('wrong');
  else expect(message).toMatch(hint);
});
