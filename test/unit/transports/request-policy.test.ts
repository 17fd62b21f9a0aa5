import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ClientAddress } from '../../../server/transports/client-address.js';
import { DirectClients } from '../../../server/transports/handshake/direct-clients.js';
import { HostPolicy, isHost } from '../../../server/transports/host-policy.js';
import { OriginPolicy } from '../../../server/transports/origin-policy.js';
import { RequestPolicy } from '../../../server/transports/request-policy.js';

function request(headers: IncomingHttpHeaders, url = '/socket.io/?EIO=4'): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.url = url;
  Object.assign(message.headers, headers);
  message.rawHeaders = Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
  return message;
}

const HOST = 'localhost:3000';

describe('names of a hub', () => {
  const open = new HostPolicy([], true);

  test.each([
    'localhost',
    'LOCALHOST:3000',
    'localhost.',
    'hub.localhost:80',
    '127.0.0.1',
    '127.0.0.1:3000',
    '[::1]:3000',
    '[::1]',
    '192.168.1.7:3000',
    undefined,
  ])('an open hub on loopback is known as %s', (host) => expect(open.allows(host)).toBe(true));

  test.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
    '',
    'localhost:3000, evil.example',
    'localhost@evil.example',
    '[::1',
    '127.0.0.1:3000:1',
  ])('and not as %j', (host) => expect(open.allows(host)).toBe(false));

  test('names that are given are added; with * there is no check', () => {
    const named = new HostPolicy(['Hub.Example.com'], true);

    expect(
      ['hub.example.com', 'HUB.example.com:443', 'localhost', 'other.example.com'].map((host) => named.allows(host)),
    ).toEqual([true, true, true, false]);
    expect(new HostPolicy(['*'], true).allows('evil.example')).toBe(true);
  });

  test('elsewhere names are checked only where some are given', () => {
    expect(new HostPolicy([], false).allows('any.example')).toBe(true);
    expect(new HostPolicy(['hub.example.com'], false).allows('any.example')).toBe(false);
  });

  test('what may be given as a name', () => {
    expect(['hub.example.com', '*', '10.0.0.1', '::1', 'hub', 'a_b'].map(isHost)).not.toContain(false);
    expect(['http://hub', 'hub:80', 'hub/path', '', 'a b', 'hub@x', '*.example.com'].map(isHost)).not.toContain(true);
  });
});

describe('requests', () => {
  const policy = new RequestPolicy(new OriginPolicy(['https://good.example']), new HostPolicy([], true));
  const code = (headers: IncomingHttpHeaders, url?: string, isPage = false): string | undefined =>
    policy.refuse(request({ host: HOST, ...headers }, url), { isPage })?.code;

  test('a program, which sends neither Origin nor Fetch Metadata, is heard', () => {
    expect(code({})).toBeUndefined();
  });

  test.each(['same-origin', 'none'])('the hub’s own page is heard without an Origin: %s', (site) =>
    expect(code({ 'sec-fetch-site': site })).toBeUndefined(),
  );

  test.each(['cross-site', 'same-site', 'cross-site, none', 'nonsense', ''])(
    'a script, image or frame of a page elsewhere is not: %j',
    (site) => expect(code({ 'sec-fetch-site': site })).toBe('FORBIDDEN'),
  );

  test.each([
    ['https://evil.example', 'FORBIDDEN'],
    ['null', 'FORBIDDEN'],
    ['http://localhost:8000', 'FORBIDDEN'],
    ['https://good.example', undefined],
    [`http://${HOST}`, undefined],
  ])('with the Origin %s: %s, whatever else is told', (origin, expected) => {
    expect(code({ origin })).toBe(expected);
    expect(code({ origin, 'sec-fetch-site': 'cross-site' })).toBe(expected);
  });

  test('a link elsewhere may lead to the page, and nowhere else', () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };

    expect(code(link, '/', true)).toBeUndefined();
    expect(code(link, '/models')).toBe('FORBIDDEN');
  });

  test('a page under a name that was made to lead here is not the hub’s own', () => {
    const rebound = { host: 'evil.example:3000', origin: 'http://evil.example:3000', 'sec-fetch-site': 'same-origin' };

    expect(code(rebound)).toBe('FORBIDDEN');
    expect(code({ host: 'evil.example' }, '/', true)).toBe('FORBIDDEN');
    expect(code({ host: 'evil.example' }, '/healthz')).toBeUndefined();
    expect(code({ host: 'evil.example' }, '/readyz?x=1')).toBeUndefined();
    expect(code({ host: 'evil.example' }, '/healthz/../models')).toBe('FORBIDDEN');
  });

  test('two Host headers are refused before all else, on any hub', () => {
    const twice = request({ host: HOST });
    twice.rawHeaders.push('HOST', 'localhost');

    expect(policy.refuse(twice)?.code).toBe('INVALID_INPUT');
    expect(new RequestPolicy(new OriginPolicy(['*']), new HostPolicy([], false)).refuse(twice)?.code).toBe(
      'INVALID_INPUT',
    );
  });

  test('with --cors-origin * every page is heard', () => {
    const anyone = new RequestPolicy(new OriginPolicy(['*']), new HostPolicy([], true));

    expect(anyone.refuse(request({ host: HOST, 'sec-fetch-site': 'cross-site' }))).toBeUndefined();
  });

  test('a refusal says nothing of a header as it came', () => {
    const { message } = policy.refuse(request({ host: HOST, origin: 'http://\u009b\u202e.example' })) ?? {
      message: '',
    };

    expect(message).toMatch(/u009b.*u202e/);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('addresses that are one client’s', () => {
  const from = (peer: string, headers: IncomingHttpHeaders = {}): IncomingMessage => {
    const message = request(headers);
    Object.defineProperty(message.socket, 'remoteAddress', { value: peer });
    return message;
  };

  test.each([
    ['8.8.8.8', true],
    ['2a00:1450::1', true],
    ['127.0.0.1', false],
    ['::1', false],
    ['::ffff:10.0.0.7', false],
    ['192.168.0.2', false],
    ['100.64.0.1', false],
    ['fd00::1', false],
    ['', false],
  ])('%s: %s', (peer, expected) => {
    expect(new DirectClients(new ClientAddress([]), () => undefined).has(from(peer))).toBe(expected);
  });

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip'])(
    'none any more once an untrusted peer sends %s; that is told once',
    (name) => {
      const told: string[] = [];
      const clients = new DirectClients(new ClientAddress([]), (peer) => told.push(peer));

      expect(clients.has(from('8.8.8.8'))).toBe(true);
      expect(clients.has(from('9.9.9.9', { [name]: '1.2.3.4' }))).toBe(false);
      expect(clients.has(from('9.9.9.9', { [name]: '1.2.3.4' }))).toBe(false);
      expect(clients.has(from('8.8.8.8'))).toBe(false);
      expect(told).toEqual(['9.9.9.9']);
    },
  );

  test('what a trusted proxy tells is believed', () => {
    const clients = new DirectClients(new ClientAddress(['loopback']), () => undefined);

    expect(clients.has(from('127.0.0.1', { 'x-forwarded-for': '8.8.8.8' }))).toBe(true);
    expect(clients.has(from('127.0.0.1', { 'x-forwarded-for': '10.0.0.1' }))).toBe(false);
  });
});
