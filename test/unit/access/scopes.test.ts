import { expect, test } from 'vitest';
import { grantOf, scopeProblem } from '../../../server/access/scopes.js';

test.each([
  ['acme/*', 'acme/mood', true],
  ['acme/*', 'acme/a/b', true],
  ['acme/*', 'acme/', true],
  ['acme/*', 'acme', false],
  ['acme/*', 'acme2/mood', false],
  ['acme/*', 'other/acme/mood', false],
  ['*', 'anything/at.all', true],
  ['*/public', 'acme/public', true],
  ['*/public', 'acme/publicity', false],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'acb', false],
  // What an asterisk took may not be counted twice.
  ['ab*ba', 'aba', false],
  ['ab*ba', 'abba', true],
  ['a**a', 'aa', true],
  // Nothing but the asterisk is special.
  ['a.c', 'abc', false],
  ['sentiment', 'sentiment', true],
  ['sentiment', 'sentiment-2', false],
  ['Acme/*', 'acme/x', false],
])('subscribe:%s reaches %s: %s', (pattern, name, expected) => {
  expect(grantOf([`subscribe:${pattern}`]).reach?.subscribe?.(name)).toBe(expected);
});

test('a hostile pattern is matched in a time that grows with its length', () => {
  const { reach } = grantOf([`subscribe:${'a*'.repeat(31)}b`]);
  expect(reach?.subscribe?.('a'.repeat(64))).toBe(false);
});

test('scopes without names reach all, outdo those with, and leave other scopes limited', () => {
  expect(grantOf(['predict', 'subscribe', 'publish', 'admin'])).toEqual({
    rights: { predict: true, subscribe: true, publish: true, admin: true },
  });
  const { rights, reach } = grantOf(['subscribe', 'subscribe:acme/*', 'publish:acme/*', 'publish:b/x']);
  expect(rights).toEqual({ predict: false, subscribe: true, publish: true, admin: false });
  expect(reach?.subscribe).toBeUndefined();
  expect(['acme/1', 'b/x', 'b/y'].map((name) => reach?.publish?.(name))).toEqual([true, true, false]);
});

test.each([
  'root',
  'Predict',
  '',
  'predict:',
  'predict: x',
  'subscribe:a b',
  'admin:x',
  'predict:m@1',
  `predict:${'a'.repeat(65)}`,
])('%j is no scope: it is told, and grants nothing in a JWT', (text) => {
  expect(scopeProblem(text)).toMatch(/expected one of predict, .*such as subscribe:acme/);
  const { rights, reach } = grantOf([text]);
  expect(Object.values(rights)).not.toContain(true);
  expect(reach).toBeUndefined();
});

test('a token has at most 64 names for a scope; the rest opens nothing', () => {
  const { reach } = grantOf(Array.from({ length: 100 }, (_, i) => `subscribe:s${i}`));
  expect([reach?.subscribe?.('s63'), reach?.subscribe?.('s64')]).toEqual([true, false]);
});
