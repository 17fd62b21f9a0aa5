import { expect, test } from 'vitest';
import { isTickcastError, TickcastError } from '../../../client/index.js';
import { resolveOptions, resolveUrl } from '../../../client/options.js';
import { wireError } from '../../../shared/errors.js';

const HUB = 'http://hub.example';

test('fills in the defaults', () => {
  expect(resolveOptions({}, HUB)).toEqual({
    timeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    reconnectMinMs: 250,
    reconnectMaxMs: 5_000,
    maxQueuedRows: 10_000,
    transports: ['websocket', 'polling'],
    path: '/socket.io/',
    token: undefined,
  });
});

test.each([
  [{ timeoutMs: 0 }, /timeoutMs must be a number from 1 to 60000, got 0/],
  [{ timeoutMs: '5' }, /timeoutMs/],
  [{ connectTimeoutMs: 1 }, /connectTimeoutMs/],
  [{ reconnectMinMs: Number.NaN }, /reconnectMinMs/],
  [{ reconnectMaxMs: 1e9 }, /reconnectMaxMs/],
  [{ maxQueuedRows: -1 }, /maxQueuedRows/],
  [{ transports: [] }, /transports/],
  [{ transports: ['carrier-pigeon'] }, /carrier-pigeon/],
  [{ path: 'socket.io' }, /path must start with/],
  [{ timeOutMs: 5 }, /timeOutMs is no option; did you mean timeoutMs\?/],
])('refuses %o', (options, message) => {
  expect(() => resolveOptions(options as never, HUB)).toThrow(message);
});

test('names all that is wrong at once', () => {
  expect(() => resolveOptions({ timeoutMs: -1, maxQueuedRows: -1 }, HUB)).toThrow(/timeoutMs.*; maxQueuedRows/);
});

test.each([
  ['http://localhost:3000', 'http://localhost:3000'],
  ['https://hub.example/', 'https://hub.example'],
  ['wss://hub.example', 'wss://hub.example'],
  ['https://hub.example/hub', 'https://hub.example/hub'],
  ['https://hub.example/a/hub//?x=1#y', 'https://hub.example/a/hub'],
])('takes the address %s', (url, expected) => {
  expect(resolveUrl(url)).toBe(expected);
});

test.each(['', 'localhost:3000', 'ftp://hub', 'http://me:secret@hub.example'])('refuses the address "%s"', (url) => {
  expect(() => resolveUrl(url)).toThrow(TypeError);
});

test.each([
  ['https://hub.example', '/socket.io/'],
  ['https://hub.example/hub', '/hub/socket.io/'],
])('asks for the socket of %s at %s, unless told otherwise', (url, path) => {
  expect(resolveOptions({}, url).path).toBe(path);
  expect(resolveOptions({ path: '/other/' }, url).path).toBe('/other/');
});

test('an address with a password is refused without showing it', () => {
  expect(() => resolveUrl('http://me:secret@hub.example')).toThrow(/^(?!.*secret).*option token/);
});

test('recognises its errors by their code, whichever copy of the package made them', () => {
  const error = new TickcastError(wireError('OVERLOADED', 'full', 5));
  const copy = Object.assign(new Error('full'), { code: 'OVERLOADED', retryable: true });

  class Special extends TickcastError {}

  expect([error, copy].map(isTickcastError)).toEqual([true, true]);
  expect([error, copy].map((one) => one instanceof TickcastError)).toEqual([true, true]);
  expect([error, new Special(error)].map((one) => one instanceof Special)).toEqual([false, true]);
  expect(
    [new Error('x'), { code: 'OVERLOADED' }, undefined, Object.assign(new Error('x'), { code: 'ENOENT' })].map(
      isTickcastError,
    ),
  ).toEqual([false, false, false, false]);
  expect({ ...error }).toMatchObject({ code: 'OVERLOADED', retryable: true, retryAfterMs: 5 });
});
