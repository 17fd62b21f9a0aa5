// Which of the ways to split a piece a unigram model takes, and which of two that are equally likely.
import { expect, test } from 'vitest';
import { Unigram } from '../../../../server/engine/tokenizer/unigram.js';

test('the likeliest way is taken; neighbours that are unknown are one token', () => {
  const model = new Unigram(
    [
      ['?', 0],
      ['a', -2],
      ['ab', -3],
      ['b', -2],
      ['bc', -1],
    ],
    0,
  );

  expect(model.split('abc')).toEqual(['a', 'bc']);
  expect(model.split('ab')).toEqual(['ab']);
  expect(model.split('☃🔥ab☃')).toEqual(['☃🔥', 'ab', '☃']);
  expect(model.split('')).toEqual([]);
});

test('the score of the unknown token itself is that of the file, where a text has it', () => {
  const model = new Unigram(
    [
      ['?', -1],
      ['a', -5],
      ['a?', -9],
    ],
    0,
  );

  expect(model.split('a?')).toEqual(['a', '?']);
});

test('sums are those of numbers as the reference reads them, to the last bit', () => {
  // As read by JavaScript, the first way that is found has the same sum as the other, and would be taken.
  const model = new Unigram(
    [
      ['?', 0],
      ['c', -9.539800353688591],
      ['a', -8.540736314506463],
      ['aa', -1.472814489934307],
    ],
    0,
  );

  expect(model.split('caaa')).toEqual(['c', 'aa', 'a']);
});
