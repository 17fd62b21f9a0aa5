import { expect, onTestFinished, test } from 'vitest';
import type { TickcastClient } from '../../../client/index.js';
import { FakeHub, type FakeHubOptions, fails } from '../../../client/testing/index.js';
import { ERRORS, type ErrorCode } from '../../../shared/errors.js';
import type { StreamItem } from '../../../shared/stream-protocol.js';

const GOOD = { prediction: [0.1, 0.9], label: 'positive', score: 0.9 };

async function start(
  options: FakeHubOptions = { answers: () => GOOD },
): Promise<{ hub: FakeHub; client: TickcastClient }> {
  const hub = new FakeHub(options);
  const client = hub.connect();
  onTestFinished(() => client.close());
  await client.ready();
  return { hub, client };
}

/** What a promise became after `ms` on the hub's clock: its value, its error, or `pending`. */
async function after(hub: FakeHub, ms: number, promise: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = 'pending';
  promise.then(
    (value) => {
      outcome = value;
    },
    (error) => {
      outcome = error;
    },
  );
  await hub.clock.advance(ms);
  return outcome;
}

test('answers by a function, which sees the input and the request', async () => {
  const { hub, client } = await start({
    answers: (input, { model }) => ({ prediction: [String(input).length], label: model ?? '' }),
  });

  expect(await client.predict('four', { model: 'fake' })).toMatchObject({
    prediction: [4],
    label: 'fake',
    score: 1,
    model: 'fake@1',
  });
  expect(hub.requests).toMatchObject([{ input: 'four', model: 'fake' }]);
});

test('answers by a table, and says what is not in it', async () => {
  const { client } = await start({ answers: { good: GOOD, '[1,2]': { prediction: [3] } } });

  expect(await client.predict('good')).toEqual({ ...GOOD, model: 'fake@1' });
  expect(await client.predict([1, 2])).toMatchObject({ prediction: [3] });
  await expect(client.predict('toString')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('"toString"'),
  });
});

test('says that it has no answers, and what an answer must be', async () => {
  const { client } = await start({});
  await expect(client.predict('x')).rejects.toThrow(/give it "answers"/);

  const odd = await start({ answers: () => 5 as never });
  await expect(odd.client.predict('x')).rejects.toThrow(/must be \{ prediction, ... \}, got 5/);
});

test.each(Object.keys(ERRORS) as ErrorCode[])(
  'answers the next request with %s, and the one after as usual',
  async (code) => {
    const { hub, client } = await start();
    hub.failNext(code, { retryAfterMs: 5 });

    await expect(client.predict('x')).rejects.toMatchObject({
      code,
      retryable: ERRORS[code].retryable,
      retryAfterMs: 5,
    });
    expect(await client.predict('x')).toMatchObject(GOOD);
  },
);

test('an answer may be an error, thrown or given; a code that there is not is a mistake', async () => {
  const { hub, client } = await start({ answers: () => fails('NOT_FINITE') });
  await expect(client.predict('x')).rejects.toMatchObject({ code: 'NOT_FINITE' });
  hub.answers = () => {
    throw new Error('out of ideas');
  };
  await expect(client.predict('x')).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('out of ideas'),
  });
  expect(() => hub.failNext('OVERLOADD' as ErrorCode)).toThrow(TypeError);
});

test('refuses what a hub refuses: a model that there is not', async () => {
  const { client } = await start();

  await expect(client.predict('x', { model: 'other' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
});

test('takes its time by the clock of the test, in which a request may time out, be aborted or superseded', async () => {
  const { hub, client } = await start({ answers: () => GOOD, latencyMs: 100 });
  expect(await after(hub, 99, client.predict('a'))).toBe('pending');
  expect(await after(hub, 100, client.predict('b'))).toMatchObject(GOOD);
  expect(await after(hub, 200, client.predict('c', { timeoutMs: 50 }))).toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  });
  const abort = new AbortController();
  const aborted = client.predict('d', { signal: abort.signal });
  abort.abort();
  expect(await after(hub, 0, aborted)).toMatchObject({ code: 'CANCELLED' });
  const older = client.predict('e', { key: 'k' });
  const newer = client.predict('f', { key: 'k' });
  expect(await after(hub, 0, older)).toMatchObject({ code: 'SUPERSEDED' });
  expect(await after(hub, 100, newer)).toMatchObject(GOOD);
});

test('casts what names a stream, and what the test publishes, to handlers and loops', async () => {
  const { hub, client } = await start();
  const seen: (string | undefined)[] = [];
  const subscription = client.subscribe('live');
  subscription.on('value', ({ offset, text, label }) => seen.push(`${offset} ${text} ${label}`));
  await hub.clock.advance(0);
  expect(subscription.state).toBe('waiting');

  await client.predict('fine', { stream: 'live' });
  hub.publish('live', { text: 'well', label: 'neutral' }, { text: 'ill', label: 'negative' });
  await hub.clock.advance(0);

  expect(seen).toEqual(['1 fine positive', '2 well neutral', '3 ill negative']);
  expect(subscription.state).toBe('live');
  expect(await client.streams()).toMatchObject([{ stream: 'live', offset: 3, viewers: 1 }]);
  subscription.close();
  const texts: unknown[] = [];
  for await (const { text } of client.subscribe('live', { history: 2 })) if (texts.push(text) === 2) break;
  expect(texts).toEqual(['well', 'ill']);
});

test('shows windows, gaps, the end of a subscription and the status', async () => {
  const { hub, client } = await start();
  const told: unknown[] = [];
  hub.publishWindows('busy', { count: 5 });
  const subscription = client.subscribe('busy', { mode: 'aggregate' });
  subscription.on('value', ({ windows }) => told.push(windows.map(({ count, offset }) => [count, offset])));
  subscription.on('gap', ({ reason, missed }) => told.push(`${reason} ${missed}`));
  subscription.on('state', ({ state, error }) => told.push(`${state} ${error?.code ?? ''}`));
  client.watch(({ version, queuedRows }) => told.push(`${version} ${queuedRows}`));
  await hub.clock.advance(0);
  hub.publishWindows('busy', { count: 2 });
  hub.gap('busy', 3);
  hub.status({ queuedRows: 9 });
  hub.unsubscribe('busy', 'SLOW_VIEWER');
  await hub.clock.advance(0);

  expect(told).toEqual(['live ', [[5, 5]], 'fake 0', [[2, 7]], 'evicted 3', 'fake 9', 'ended SLOW_VIEWER']);
});

test('a sample viewer gets the newest of what waited, and a paused one what it missed', async () => {
  const { hub, client } = await start();
  const samples: number[] = [];
  client.subscribe('live', { mode: 'sample' }).on('value', ({ offset }) => samples.push(offset));
  await hub.clock.advance(0);
  hub.publish('live', {}, {});
  await hub.clock.advance(0);
  expect(samples).toEqual([1, 2]);

  const loop = client.subscribe('slow', { maxBuffered: 4 })[Symbol.asyncIterator]();
  const first = loop.next();
  await hub.clock.advance(0);
  for (let i = 0; i < 10; i++) {
    hub.publish('slow', {});
    await hub.clock.advance(0);
  }
  const offsets = [(await first).value?.offset];
  for (let i = 1; i < 10; i++) {
    offsets.push((await loop.next()).value?.offset);
    await hub.clock.advance(0);
  }
  expect(offsets).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a cut connection is made again: requests are answered, streams go on where they were', async () => {
  const { hub, client } = await start({ answers: () => GOOD, latencyMs: 50 });
  const seen: unknown[] = [];
  const subscription = client.subscribe('live');
  subscription.on('value', ({ offset }: StreamItem) => seen.push(offset));
  subscription.on('gap', ({ reason }) => seen.push(reason));
  hub.publish('live', {});
  await hub.clock.advance(0);
  const answer = client.predict('x');
  hub.cut();
  await hub.clock.advance(0);
  expect(client.state).toBe('reconnecting');
  hub.publish('live', {});

  expect(await after(hub, 1_000, answer)).toMatchObject(GOOD);
  expect(hub.requests.map(({ id }) => id)).toEqual([1, 1]);
  expect(seen).toEqual([1, 2]);
  hub.restart();
  hub.publish('live', {});
  await hub.clock.advance(1_000);
  expect(seen).toEqual([1, 2, 'restarted', 1]);
});

test('drains to a second connection, and nothing is lost', async () => {
  const { hub, client } = await start({ answers: () => GOOD, latencyMs: 400 });
  const notices: unknown[] = [];
  client.on('goaway', ({ graceMs }) => notices.push(graceMs));
  const before = client.predict('x');
  await hub.clock.advance(0);
  hub.drain(500);
  await hub.clock.advance(200);

  expect([notices, hub.connections, hub.handshakes.length]).toEqual([[500], 2, 2]);
  expect(await after(hub, 200, before)).toMatchObject(GOOD);
  expect([hub.connections, client.state]).toEqual([1, 'connected']);
});

test('stops with DRAINING, goes on being asked, and is found again after its restart', async () => {
  const { hub, client } = await start({ answers: () => GOOD, latencyMs: 50 });
  const told: string[] = [];
  client.on('unreachable', ({ message }) => told.push(message));
  const running = client.predict('x');
  await hub.clock.advance(0);
  hub.stop();
  expect(await after(hub, 1_000, running)).toMatchObject({ code: 'DRAINING', retryable: true });
  expect([client.state, told[0]]).toEqual(['reconnecting', expect.stringContaining('DRAINING')]);

  hub.restart();
  await hub.clock.advance(10_000);
  expect(client.state).toBe('connected');
});

test('refuses handshakes for good with an error that is not for trying again', async () => {
  const hub = new FakeHub();
  hub.refuse('UNAUTHENTICATED', 'no token');
  const client = hub.connect({ token: 'wrong' });

  await expect(client.ready()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: 'no token' });
  expect(client.state).toBe('failed');
});

test('a closed client leaves nothing on the clock and nothing in the hub', async () => {
  const { hub, client } = await start({ answers: () => GOOD });
  void client.subscribe('live');
  await client.predict('x');
  client.close();
  await hub.clock.advance(0);

  expect(hub.connections).toBe(0);
  expect(await hub.clock.advance(100_000)).toBeUndefined();
  expect(hub.handshakes).toHaveLength(1);
});

test('clients share streams and not sessions', async () => {
  const { hub, client } = await start();
  const other = hub.connect();
  await other.ready();
  const seen: unknown[] = [];
  other.subscribe('live').on('value', ({ text }) => seen.push(text));
  await hub.clock.advance(0);

  await client.predict('hello', { stream: 'live' });
  await hub.clock.advance(0);

  expect(seen).toEqual(['hello']);
  expect(new Set(hub.handshakes.map(({ session }) => session)).size).toBe(2);
  other.close();
});
