import { expect, test, vi } from 'vitest';
import type { StateChange } from '../../../client/connection/connection.js';
import { wireError } from '../../../shared/errors.js';
import { type FakeSocket, hello, IRIS, makeClient, outcome } from './fake-socket.js';

const ROW = [1, 2, 3, 4];

function states(client: ReturnType<typeof makeClient>['client']): string[] {
  const seen: string[] = [];
  client.on('state', (change: StateChange) => seen.push(change.state));
  return seen;
}

test('goes from connecting to connected, over a loss, to closed', () => {
  const { client, socket, clock } = makeClient();
  const seen = states(client);
  expect(client.state).toBe('connecting');

  socket.hello();
  socket.lose();
  clock.advance(300);
  socket.hello();
  client.close();

  expect(seen).toEqual(['connected', 'reconnecting', 'connected', 'closed']);
  expect(client.state).toBe('closed');
});

test('doubles the wait between attempts up to its bound and begins anew after a hello', () => {
  const { socket, clock } = makeClient({ reconnectMinMs: 100, reconnectMaxMs: 400, connectTimeoutMs: 60_000 });
  const waits: number[] = [];
  const waitForAttempt = (): void => {
    const { attempts } = socket;
    let waited = 0;
    for (; socket.attempts === attempts; waited += 50) clock.advance(50);
    waits.push(waited);
  };

  for (let i = 0; i < 4; i++) {
    socket.listener.connectFailed('refused', undefined);
    waitForAttempt();
  }
  socket.hello();
  socket.lose();
  waitForAttempt();

  expect(waits).toEqual([100, 200, 400, 400, 100]);
});

test('tells how many attempts failed and how long the next one waits', () => {
  const { client, socket, clock } = makeClient({ reconnectMinMs: 100, connectTimeoutMs: 1_000 });
  const changes: unknown[] = [];
  client.on('state', ({ state, attempts, retryInMs }) => changes.push([state, attempts, retryInMs]));

  socket.listener.connectFailed('refused', undefined);
  clock.advance(100);
  clock.advance(1_000);
  socket.hello();
  socket.lose();
  client.close();

  expect(changes).toEqual([
    ['reconnecting', 1, 100],
    ['reconnecting', 2, 200],
    ['connected', 0, undefined],
    ['reconnecting', 0, 100],
    ['closed', 0, undefined],
  ]);
});

test('retryNow() makes the attempt that waits at once, and does nothing else', () => {
  const { client, socket, clock } = makeClient();
  client.retryNow();
  expect(socket.attempts).toBe(1);
  socket.hello();
  client.retryNow();
  expect(socket.attempts).toBe(1);

  socket.lose();
  client.retryNow();
  client.retryNow();
  expect(socket.attempts).toBe(2);
  clock.advance(300);
  expect(socket.attempts).toBe(2);

  socket.hello();
  socket.lose();
  client.close();
  client.retryNow();
  expect(socket.attempts).toBe(2);
});

test('may be closed from a handler that hears of a loss, and stays closed', () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const subscription = client.subscribe('live');
  socket.reply('subscribe', { stream: 'live', mode: 'all' });
  subscription.on('state', () => client.close());

  socket.lose();
  expect(client.state).toBe('closed');
  clock.advance(60_000);

  expect(client.state).toBe('closed');
  expect(socket.attempts).toBe(1);
});

test('gives up an attempt that brings no hello in time and tries again', () => {
  const { client, socket, clock } = makeClient({ connectTimeoutMs: 1000 });
  const reasons: string[] = [];
  client.on('state', (change) => reasons.push(change.reason));

  clock.advance(1000);

  expect(client.state).toBe('reconnecting');
  expect(reasons[0]).toMatch(/no hello from a Tickcast hub within 1000 ms/);
  clock.advance(300);
  expect(socket.attempts).toBe(2);
});

test('connects again when the hub itself ended the connection', () => {
  const { socket, clock } = makeClient();
  socket.hello();

  socket.listener.disconnected('io server disconnect');
  clock.advance(300);

  expect(socket.attempts).toBe(2);
});

test('waits as long as a hub that refuses for now asks for', () => {
  const { socket, clock } = makeClient();

  socket.listener.connectFailed('OVERLOADED', {
    code: 'OVERLOADED',
    message: 'full',
    retryable: true,
    retryAfterMs: 3000,
  });
  clock.advance(2900);
  expect(socket.attempts).toBe(1);
  clock.advance(200);

  expect(socket.attempts).toBe(2);
});

test('fails for good when the hub refuses for good', async () => {
  const { client, socket, clock } = makeClient();
  const answer = client.predict(ROW);

  socket.listener.connectFailed('refused', { code: 'FORBIDDEN', message: 'this origin may not', retryable: false });

  expect(client.state).toBe('failed');
  expect(await outcome(answer)).toBe('FORBIDDEN');
  clock.advance(60_000);
  expect(socket.attempts).toBe(1);
});

test.each([
  ['another protocol', { ...hello(), protocol: 2 }, /hub speaks protocol 2, the client 1; update the client/],
  [
    'newer ones only',
    { ...hello(), protocol: 3, protocols: [2, 3] },
    /protocol 2 to 3, the client 1; update the client/,
  ],
  ['an older one', { ...hello(), protocol: 0 }, /hub speaks protocol 0, the client 1; update the hub/],
  ['no hello at all', { hi: true }, /cannot be read/],
  ['limits that are none', { ...hello(), limits: { maxFrameBytes: 0 } }, /cannot be read/],
  ['models that are none', { ...hello(), models: [{ name: 'x' }] }, /cannot be read/],
])('fails with a readable error when the hub says %s', async (_what, raw, message) => {
  const { client, socket } = makeClient();
  const before = [client.predict(ROW), client.ready()];
  const changes: StateChange[] = [];
  client.on('state', (change) => changes.push(change));

  socket.listener.hello(raw);

  expect(changes).toMatchObject([
    { state: 'failed', error: { code: 'PROTOCOL_MISMATCH', message: expect.stringMatching(message) } },
  ]);
  expect(await Promise.all([...before, client.predict(ROW), client.ready()].map(outcome))).toEqual(
    Array.from({ length: 4 }, () => 'PROTOCOL_MISMATCH'),
  );
  expect(socket.disconnects).toBe(1);
});

test.each<[string, (socket: FakeSocket) => void]>([
  ['says hello', ({ listener }) => listener.hello({ ...hello(), protocol: 3, protocols: [2, 3] })],
  [
    'refuses the handshake',
    ({ listener }) => listener.connectFailed('refused', wireError('PROTOCOL_MISMATCH', 'update the client')),
  ],
])(
  'a client that was served goes on trying when a hub of other versions %s, and uses the next that it understands',
  async (_how, meet) => {
    const { client, socket, clock } = makeClient();
    socket.hello();
    const changes: StateChange[] = [];
    client.on('state', (change) => changes.push(change));
    const kept = client.predict(ROW, { timeoutMs: 60_000 });
    const late = client.predict(ROW, { timeoutMs: 1000 });
    socket.lose();
    for (let tries = 0; tries < 5; tries++) {
      meet(socket);
      expect(changes.at(-1)).toMatchObject({ state: 'reconnecting', error: { code: 'PROTOCOL_MISMATCH' } });
      clock.advance(changes.at(-1)?.retryInMs ?? 0);
    }

    expect(await outcome(late)).toBe('DEADLINE_EXCEEDED');
    socket.hello();
    socket.answer(1, [1]);
    expect(await kept).toMatchObject({ prediction: [1] });
    expect(changes.at(-1)).toMatchObject({ state: 'connected', attempts: 0 });
    expect(changes.at(-1)).not.toHaveProperty('error');
  },
);

test('a client that was served ends when a hub refuses it for another reason', () => {
  const { client, socket } = makeClient();
  socket.hello();
  socket.lose();
  socket.listener.connectFailed('refused', wireError('FORBIDDEN', 'no'));

  expect(client.state).toBe('failed');
});

test.each([
  ['states a range that meets', { protocols: [1, 7] }],
  ['states what is no range', { protocols: 'many' }],
  ['names capabilities that nobody knows', { capabilities: ['telepathy', 5] }],
  ['has fields that nobody knows', { mood: 'fine' }],
])('connects to a hub that %s', (_what, extra) => {
  const { client, socket } = makeClient();

  socket.listener.hello({ ...hello(), ...extra });

  expect(client.state).toBe('connected');
});

test('leaves out of a hello the models whose inputs are of a later version, and leaves requests for them to the hub', async () => {
  const { client, socket } = makeClient();
  const later: object = { name: 'later', version: '1', inputs: [{ name: 'x', dtype: 'float16', shape: [4] }] };
  const scalar: object = { name: 'next', version: '1', inputs: [{ kind: 'audio' }] };
  socket.listener.hello({ ...hello(), models: [IRIS, later, scalar] });

  expect(client.hello?.models).toEqual([IRIS]);
  expect(client.hello?.limits).toEqual(hello().limits);
  const answer = client.predict(ROW, { model: 'later' });
  expect(socket.sent).toMatchObject([{ input: ROW, model: 'later' }]);
  socket.answer(1, [1]);
  expect(await answer).toMatchObject({ prediction: [1] });
});

test('resolves ready() at the hello, and at once while connected', async () => {
  const { client, socket } = makeClient();
  const early = client.ready();

  socket.hello();

  expect(await early).toEqual(hello());
  expect(await client.ready()).toEqual(hello());
  expect(client.hello).toEqual(hello());
});

test('rejects ready() after its time with the reason, and on its signal', async () => {
  const { client, socket, clock } = makeClient();
  socket.listener.connectFailed('xhr poll error', undefined);
  const late = client.ready({ timeoutMs: 100 });
  const controller = new AbortController();
  const aborted = client.ready({ signal: controller.signal });

  clock.advance(100);
  controller.abort();

  await expect(late).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: expect.stringMatching(/xhr poll error/),
  });
  expect(await outcome(aborted)).toBe('CANCELLED');
});

test('tells of a goaway', () => {
  const { client, socket } = makeClient();
  const notices: unknown[] = [];
  client.on('goaway', (notice) => notices.push(notice));
  socket.hello();

  socket.listener.goaway({ reason: 'draining', graceMs: 5000 });
  socket.listener.goaway('nonsense');

  expect(notices).toEqual([{ reason: 'draining', graceMs: 5000 }]);
});

test('reports a handler that throws and goes on', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { client, socket } = makeClient();
  const seen: string[] = [];
  client.on('hello', () => {
    throw new Error('handler broke');
  });
  client.on('hello', () => seen.push('second'));

  socket.hello();
  const answer = client.predict(ROW);
  socket.answer(1);

  expect(seen).toEqual(['second']);
  expect(await answer).toMatchObject({ model: 'iris@1' });
  expect(report).toHaveBeenCalledOnce();
  report.mockRestore();
});

test('stops calling a handler that was taken off', () => {
  const { client, socket } = makeClient();
  const seen: string[] = [];
  const off = client.on('state', (change) => seen.push(change.state));

  off();
  off();
  socket.hello();

  expect(seen).toEqual([]);
});

test('rejects everything with CANCELLED on close and leaves no timer, once and for all', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello({ maxInFlightRows: 1 });
  const answers = [client.predict(ROW), client.predict(ROW)];
  const notices: unknown[] = [];
  client.on('goaway', (notice) => notices.push(notice));

  client.close();
  client.close();
  socket.listener.goaway({ reason: 'draining', graceMs: 1 });
  socket.answer(1);
  socket.hello();
  socket.lose();

  expect(await Promise.all(answers.map(outcome))).toEqual(['CANCELLED', 'CANCELLED']);
  expect(clock.timers).toBe(0);
  expect(client.state).toBe('closed');
  expect(socket.sent).toHaveLength(1);
  expect(notices).toEqual([]);
});

test('leaves no timer when it is closed while it waits for its next attempt', () => {
  const { client, socket, clock } = makeClient();
  socket.listener.connectFailed('refused', undefined);
  void outcome(client.ready());

  client.close();

  expect(clock.timers).toBe(0);
});

test('may be closed from a handler', async () => {
  const { client, socket } = makeClient();
  client.on('state', () => client.close());
  const answer = client.predict(ROW);

  socket.hello();

  expect(await outcome(answer)).toBe('CANCELLED');
  expect(socket.sent).toEqual([]);
});
