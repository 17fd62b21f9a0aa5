import { afterEach, expect, test, vi } from 'vitest';
import { whyUnreachable } from '../../../client/connection/unreachable.js';
import { makeClient, outcome } from './fake-socket.js';

afterEach(() => vi.unstubAllGlobals());

const POLL = 'xhr poll error';
const REFUSAL = '{"error":{"code":"FORBIDDEN","message":"pages of https://a.example may not use this hub"}}';

test.each([
  [
    'polling in Node',
    { message: POLL, context: { status: 0, statusText: { code: 'ECONNREFUSED' } } },
    /^no answer \(ECONNREFUSED\)/,
  ],
  [
    'a WebSocket in Node',
    { message: 'websocket error', description: { message: 'x', error: { code: 'ENOTFOUND' } } },
    /^no answer \(ENOTFOUND\)/,
  ],
  [
    'a browser',
    { message: POLL, context: { status: 0, responseText: '' } },
    /^no answer \(xhr poll error\): is there a hub/,
  ],
  [
    'another server',
    { message: POLL, context: { status: 404, responseText: '<html>' } },
    /^HTTP 404, no Tickcast hub: .*path/,
  ],
  [
    'a WebSocket of another server',
    { message: 'x', description: { message: 'Unexpected server response: 502' } },
    /^HTTP 502, no/,
  ],
  [
    'a hub that refuses',
    { message: POLL, context: { status: 403, responseText: REFUSAL } },
    /^the hub refuses: pages of https:\/\/a/,
  ],
])('says why: %s', (_what, failure, reason) => {
  expect(whyUnreachable('http://hub.test', failure)).toMatch(reason);
});

test('tells a page of another origin what the hub needs, and no other page', () => {
  vi.stubGlobal('location', { origin: 'https://shop.example' });

  expect(whyUnreachable('https://hub.example', { message: POLL })).toContain('--cors-origin https://shop.example');
  expect(whyUnreachable('wss://shop.example/hub', { message: POLL })).not.toContain('--cors-origin');
  // It was served: its origin is allowed.
  expect(whyUnreachable('https://hub.example', { message: POLL }, true)).not.toContain('--cors-origin');
});

test('the first failed attempt is told at once, goes on being told, and names the cause of a late rejection', async () => {
  const { client, socket, clock } = makeClient({ reconnectMinMs: 100 });
  const told: unknown[] = [];
  client.on('unreachable', (notice) => told.push(notice));
  const answer = client.predict([1, 2, 3, 4], { timeoutMs: 150 });

  socket.listener.connectFailed('no answer (ECONNREFUSED)', undefined);
  expect(told).toEqual([
    { message: 'not connected to http://hub.test: no answer (ECONNREFUSED)', attempts: 1, retryInMs: 100 },
  ]);
  clock.advance(100);
  socket.listener.connectFailed('no answer (ENOTFOUND)', undefined);
  expect(told).toHaveLength(2);
  expect(await outcome(answer)).toBe('pending');
  clock.advance(50);

  await expect(answer).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: 'not sent within 150 ms: not connected to http://hub.test: no answer (ENOTFOUND)',
  });
});

test('a request waits through failed attempts and is answered when there is a hub', async () => {
  const { client, socket, clock } = makeClient({ reconnectMinMs: 100 });
  client.on('unreachable', () => {});
  const answer = client.predict([1, 2, 3, 4]);
  socket.listener.connectFailed('no answer', undefined);
  clock.advance(100);

  socket.hello();
  socket.answer(1);

  expect(await answer).toMatchObject({ prediction: [1, 0, 0] });
});

test('the loss of a connection is no failed attempt', () => {
  const { client, socket } = makeClient();
  const told: unknown[] = [];
  client.on('unreachable', (notice) => told.push(notice));
  socket.hello();

  socket.lose();

  expect(told).toEqual([]);
});

test('a program that listens to nothing is warned once, and one that listens never', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const fail = (socket: ReturnType<typeof makeClient>['socket']): void =>
    socket.listener.connectFailed('no answer', undefined);
  const silent = makeClient();
  fail(silent.socket);
  silent.clock.advance(1_000);
  fail(silent.socket);
  expect(warn.mock.calls.flat()).toEqual([expect.stringContaining('not connected to http://hub.test: no answer')]);

  warn.mockClear();
  for (const name of ['state', 'unreachable'] as const) {
    const listening = makeClient();
    listening.client.on(name, () => {});
    fail(listening.socket);
  }
  const connected = makeClient();
  connected.socket.hello();
  connected.socket.lose();
  connected.clock.advance(1_000);
  fail(connected.socket);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test('may be closed by a handler that is told', () => {
  const { client, socket, clock } = makeClient();
  const told: unknown[] = [];
  client.on('state', () => client.close());
  client.on('unreachable', (notice) => told.push(notice));

  socket.listener.connectFailed('no answer', undefined);

  expect(told).toEqual([]);
  expect(client.state).toBe('closed');
  expect(clock.timers).toBe(0);
});
