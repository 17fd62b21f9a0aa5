import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { OriginPolicy } from '../../../server/transports/origin-policy.js';

const policy = new OriginPolicy(['https://good.example', 'http://localhost:5173']);
const HOST = 'hub.example:3000';

function from(headers: IncomingHttpHeaders, remoteAddress = '192.0.2.1') {
  return { headers, socket: { remoteAddress } as Socket };
}

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
  ['https://GOOD.example', true],
  ['https://good.example/', true],
  ['https://good.example:443', true],
  ['https://good.example/path', false],
  ['https://good.example, https://evil.example', false],
  ['http://hub.example', false],
  ['http://hub.example:3000.evil.example', false],
  ['http://localhost:51730', false],
  ['file://', false],
  ['chrome-extension://abcdefgh', false],
])('the origin %j may use the hub: %s', (origin, expected) => {
  expect(policy.allows(from({ host: HOST, ...(origin !== undefined && { origin }) }))).toBe(expected);
});

test('a request without Host has no own origin', () => {
  expect(policy.allows(from({ origin: 'http://undefined' }))).toBe(false);
});

test.each([
  ['capacitor://localhost', 'capacitor://localhost', true],
  ['capacitor://localhost', 'capacitor://localhost.evil.example', false],
  ['capacitor://localhost', 'http://localhost', false],
  ['tauri://localhost', 'tauri://localhost', true],
  ['ionic://localhost/', 'ionic://localhost', true],
  ['chrome-extension://abcdefghijklmnop', 'chrome-extension://abcdefghijklmnop', true],
  ['chrome-extension://abcdefghijklmnop', 'chrome-extension://ponmlkjihgfedcba', false],
  ['moz-extension://8f7e-11', 'moz-extension://8f7e-11', true],
  ['null', 'null', true],
  ['file://', 'file://', true],
  ['https://good.example:443', 'https://good.example', true],
  ['http://good.example:80/', 'http://good.example', true],
  ['https://good.example:8443', 'https://good.example', false],
  ['https://*.good.example', 'https://app.good.example', true],
  ['https://*.good.example', 'https://a.b.good.example', true],
  ['https://*.good.example:8443', 'https://app.good.example:8443', true],
  ['https://*.good.example', 'https://good.example', false],
  ['https://*.good.example', 'http://app.good.example', false],
  ['https://*.good.example', 'https://app.good.example:8443', false],
  ['https://*.good.example', 'https://evilgood.example', false],
  ['https://*.good.example', 'https://app.good.example.evil.example', false],
  ['https://*.good.example', 'https://evil.example/.good.example', false],
  ['https://*.good.example', 'https://evil.example:1@app.good.example', false],
  ['https://*.good.example', 'null', false],
])('with --cors-origin %s the page %s may use the hub: %s', (entry, origin, expected) => {
  expect(new OriginPolicy([entry]).allows(from({ host: HOST, origin }))).toBe(expected);
});

test.each([
  ['https://hub.example', { host: 'hub.example:443' }, true],
  ['http://hub.example', { host: 'HUB.example:80' }, true],
  ['https://hub.example', { host: '127.0.0.1:3000', 'x-forwarded-host': 'hub.example' }, true],
  [
    'https://hub.example',
    { host: 'a', 'x-forwarded-host': 'hub.example, inner', 'x-forwarded-proto': 'https, http' },
    true,
  ],
  [
    'http://hub.example',
    { host: '127.0.0.1:3000', 'x-forwarded-host': 'hub.example', 'x-forwarded-proto': 'https' },
    false,
  ],
  ['https://evil.example', { host: '127.0.0.1:3000', 'x-forwarded-host': 'hub.example' }, false],
  ['null', { host: '127.0.0.1:3000', 'x-forwarded-host': 'null' }, false],
])('behind a proxy that is trusted, %s with %j is the hub’s own: %s', (origin, headers, expected) => {
  const behind = new OriginPolicy([], (peer) => peer === '10.0.0.1');

  expect(behind.allows(from({ ...headers, origin }, '10.0.0.1'))).toBe(expected);
  if ('x-forwarded-host' in headers) expect(behind.allows(from({ ...headers, origin }, '10.0.0.2'))).toBe(false);
});
