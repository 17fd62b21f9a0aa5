import { expect, test } from 'vitest';
import { inputOf } from '../../../cli/predict/input.js';

const TEXT = [{ dtype: 'string' }] as const;
const NUMBERS = [{ dtype: 'float32' }] as const;

test.each(['a lovely day', '[1, 2]', '7', ' spaces ', '{"text": 1}'])('%j is a text as it stands', (text) => {
  expect(inputOf(text, TEXT)).toEqual({ ok: true, input: text });
});

test('a byte order mark is no part of an input', () => {
  expect(inputOf('\ufeffgood', TEXT)).toEqual({ ok: true, input: 'good' });
  expect(inputOf('\ufeff[1]', NUMBERS)).toEqual({ ok: true, input: [1] });
});

test.each<[string, unknown]>([
  ['5.1 3.5 1.4 0.2', [5.1, 3.5, 1.4, 0.2]],
  ['5.1,3.5,\t1.4; 0.2', [5.1, 3.5, 1.4, 0.2]],
  ['-1 +2 .5 1e-3', [-1, 2, 0.5, 0.001]],
  ['0.42', [0.42]],
  [
    '[[1, 2], [3, 4]]',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['{"a": [1], "b": [2]}', { a: [1], b: [2] }],
])('%j are the numbers of a tensor', (text, input) => {
  expect(inputOf(text, NUMBERS)).toEqual({ ok: true, input });
});

test.each([
  ['what a day', /^expected JSON or numbers, since the model takes no text: /],
  ['[1, 2', /^expected JSON or numbers/],
  ['1 2 3-4', /^expected JSON or numbers/],
  ['"text"', /^expected a JSON list or object, or numbers, got "text"$/],
  ['null', /^expected a JSON list or object/],
])('%j is told', (text, problem) => {
  expect(inputOf(text, NUMBERS)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});
