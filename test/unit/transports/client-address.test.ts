import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ClientAddress, callerOf, isProxies } from '../../../server/transports/client-address.js';

function from(peer: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

test.each([
  ['nobody is trusted: the header is the caller’s word', [], '10.0.0.5', '203.0.113.7', '10.0.0.5'],
  ['a trusted proxy’s word counts', ['10.0.0.0/8'], '10.0.0.5', '203.0.113.7', '203.0.113.7'],
  ['another peer’s does not', ['10.0.0.0/8'], '192.0.2.9', '203.0.113.7', '192.0.2.9'],
  [
    'what the caller wrote before the proxy did is not believed',
    ['10.0.0.5'],
    '10.0.0.5',
    '1.1.1.1, 203.0.113.7',
    '203.0.113.7',
  ],
  ['two proxies in a row', ['10.0.0.0/8'], '10.0.0.5', '1.1.1.1, 203.0.113.7, 10.0.0.9', '203.0.113.7'],
  ['one hop', ['1'], '198.51.100.1', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
  ['two hops', ['2'], '198.51.100.1', '203.0.113.7, 198.51.100.2', '203.0.113.7'],
  ['a proxy without the header', ['loopback'], '127.0.0.1', undefined, '127.0.0.1'],
  ['a text that is no address', ['1'], '198.51.100.1', 'unknown', '198.51.100.1'],
  ['an IPv4 address as a socket for both families has it', [], '::ffff:192.0.2.1', undefined, '192.0.2.1'],
  ['trusted in that form too', ['192.0.2.1'], '::ffff:192.0.2.1', '2001:db8::1', '2001:db8::1'],
] as const)('%s', (_case, proxies, peer, forwarded, address) => {
  expect(new ClientAddress(proxies).of(from(peer, forwarded))).toBe(address);
});

test('a request whose connection is gone has no address, and is no fault', () => {
  for (const proxies of [[], ['1'], ['loopback']]) {
    expect(new ClientAddress(proxies).of(new IncomingMessage(new Socket()))).toBe('');
  }
});

test.each([
  [['1'], true],
  [['16'], true],
  [['loopback', '10.0.0.0/8', '2001:db8::/32'], true],
  [['uniquelocal'], true],
  [['0'], false],
  [['17'], false],
  [['1', '2'], false],
  [['10.0.0.0/33'], false],
  [['example.org'], false],
  [[''], false],
])('--trust-proxy %j: %s', (entries, good) => {
  expect(isProxies(entries)).toBe(good);
});

test('one caller is one IPv4 address, or 64 bits of IPv6', () => {
  expect(callerOf('192.0.2.1')).toBe('192.0.2.1');
  expect(callerOf('2001:db8:1:2::1')).toBe(callerOf('2001:db8:1:2:ffff::9'));
  expect(callerOf('2001:db8:1:2::1')).not.toBe(callerOf('2001:db8:1:3::1'));
  // As a dual-stack socket writes IPv4: otherwise all of them would be one caller.
  expect(callerOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(callerOf('')).toBe('');
});
