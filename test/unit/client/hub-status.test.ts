import { expect, test, vi } from 'vitest';
import type { HubStatus, StreamDescription } from '../../../shared/index.js';
import { makeClient, outcome } from './fake-socket.js';

const LIVE: StreamDescription = {
  stream: 'live',
  epoch: 'e1',
  offset: 9,
  model: 's@1',
  labels: ['negative', 'positive'],
  rate: 3,
  viewers: 1,
  lastAt: 1000,
};

const STATUS: HubStatus = {
  at: 1000,
  version: '0.1.0',
  uptimeSeconds: 5,
  state: 'ready',
  predictionsPerSecond: 100,
  meanBatchRows: 4.5,
  queuedRows: 0,
  inFlight: 2,
  connections: 3,
  viewers: 1,
  models: [{ model: 's@1', engine: 'tfjs-native' }],
  p50: { queueUs: 10, batchUs: 20, inferUs: 30, totalUs: 60 },
  streams: [LIVE],
};

test('asks for the status with the first handler, on each connection, and ends it with the last', () => {
  const { client, socket } = makeClient();
  const seen: unknown[] = [];
  const off = client.watch((status) => seen.push(status));
  const offToo = client.watch(() => {});
  socket.hello();
  socket.lose();
  socket.hello();

  socket.stream('status', STATUS);
  off();
  off();
  expect(socket.payloads('watch')).toEqual([{ on: true }, { on: true }]);
  offToo();
  offToo();
  socket.lose();
  socket.hello();

  expect(seen).toEqual([STATUS]);
  expect(socket.payloads('watch')).toEqual([{ on: true }, { on: true }, { on: false }]);
});

test('asks at once while connected', () => {
  const { client, socket } = makeClient();
  socket.hello();

  client.watch(() => {});

  expect(socket.payloads('watch')).toEqual([{ on: true }]);
});

test('ignores a status that is none, and goes on after a handler that throws', () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { client, socket } = makeClient();
  socket.hello();
  let calls = 0;
  client.watch(() => {
    throw new Error('handler broke');
  });
  client.watch(() => {
    calls += 1;
  });

  for (const raw of [undefined, {}, { ...STATUS, at: '1' }, { ...STATUS, streams: [{}] }, { ...STATUS, p99: {} }])
    socket.stream('status', raw);
  expect(calls).toBe(0);
  socket.stream('status', STATUS);

  expect(calls).toBe(1);
  report.mockRestore();
});

test('hears nothing more after the client is closed', () => {
  const { client, socket } = makeClient();
  socket.hello();
  let calls = 0;
  const count = (): void => {
    calls += 1;
  };
  const off = client.watch(count);

  client.close();
  socket.stream('status', STATUS);
  off();

  expect(calls).toBe(0);
});

test('lists the streams of the hub', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const streams = client.streams();

  socket.reply('streams', { streams: [LIVE] });

  expect(await streams).toEqual([LIVE]);
  expect(socket.payloads('streams')).toEqual([undefined]);
});

test('asks when there is a connection, and again on the next', async () => {
  const { client, socket, clock } = makeClient();
  const streams = client.streams();
  socket.hello();
  socket.lose();
  socket.hello();

  socket.reply('streams', { streams: [] });

  expect(await streams).toEqual([]);
  expect(socket.payloads('streams')).toHaveLength(2);
  expect(clock.timers).toBe(0);
});

test.each([
  ['a refusal with its code', { error: { code: 'RATE_LIMITED', message: 'slow down' } }, 'RATE_LIMITED'],
  ['an answer that is none with INTERNAL', { streams: [{ stream: 'live' }] }, 'INTERNAL'],
])('rejects %s', async (_what, raw, code) => {
  const { client, socket } = makeClient();
  socket.hello();
  const streams = client.streams();

  socket.reply('streams', raw);

  expect(await outcome(streams)).toBe(code);
});

test('measures the way to the hub and back, on the connection that answers', async () => {
  const { client, socket, clock } = makeClient();
  const ping = client.ping();
  clock.advance(100);
  socket.hello();
  clock.advance(7);

  socket.reply('echo', undefined);

  expect(await ping).toBe(7);
});

test('rejects with DEADLINE_EXCEEDED without an answer or a connection, with CANCELLED when closed', async () => {
  const connected = makeClient({ timeoutMs: 50 });
  connected.socket.hello();
  const unanswered = [connected.client.ping(), connected.client.streams()];
  const apart = makeClient({ timeoutMs: 50 });
  const unsent = apart.client.ping();
  connected.clock.advance(50);
  apart.clock.advance(50);
  const closed = makeClient();
  const open = closed.client.ping();
  closed.client.close();

  expect(await Promise.all([...unanswered, unsent].map(outcome))).toEqual(Array(3).fill('DEADLINE_EXCEEDED'));
  expect(await outcome(open)).toBe('CANCELLED');
  expect(closed.clock.timers).toBe(0);
});

test('holds a bounded number of questions', async () => {
  const { client } = makeClient();
  const questions = Array.from({ length: 1_001 }, () => client.ping());

  expect(await outcome(questions[1_000] ?? Promise.resolve())).toBe('OVERLOADED');
  client.close();
  await Promise.allSettled(questions);
});
