import { expect, test } from 'vitest';
import { OriginPolicy } from '../../../server/transports/origin-policy.js';

const policy = new OriginPolicy(['https://good.example', 'http://localhost:5173']);
const HOST = 'hub.example:3000';

test.each([
  [undefined, true],
  ['https://good.example', true],
  ['http://localhost:5173', true],
  ['http://hub.example:3000', true],
  ['https://hub.example:3000', true],
  ['null', false],
  ['', false],
  ['*', false],
  ['https://good.example.evil.example', false],
  ['https://evilgood.example', false],
  ['https://evil.example/https://good.example', false],
  ['https://good.example@evil.example', false],
  ['https://good.example:8443', false],
  ['http://good.example', false],
  ['https://sub.good.example', false],
  ['https://GOOD.example', false],
  ['https://good.example/', false],
  ['https://good.example, https://evil.example', false],
  ['http://hub.example', false],
  ['http://hub.example:3000.evil.example', false],
  ['http://localhost:51730', false],
  ['file://', false],
  ['chrome-extension://abcdefgh', false],
])('the origin %j may use the hub: %s', (origin, expected) => {
  expect(policy.allows({ host: HOST, ...(origin !== undefined && { origin }) })).toBe(expected);
});

test('a request without Host has no own origin', () => {
  expect(policy.allows({ origin: 'http://undefined' })).toBe(false);
});
