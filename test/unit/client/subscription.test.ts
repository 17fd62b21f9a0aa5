import { expect, test, vi } from 'vitest';
import { makeClient, outcome } from './fake-socket.js';
import { cast, item, items, listen, subscribe, subscribed } from './stream-fixtures.js';

test('asks for the stream as the program said and hands over what comes, in order', () => {
  const { client, socket } = makeClient();
  socket.hello();

  const heard = listen(client.subscribe('live', { history: 5, maxRate: 2 }));
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 7 }));
  socket.stream('cast', cast(items(8, 9)));
  socket.stream('cast', cast([item(10)]));

  expect(socket.payloads('subscribe')).toEqual([{ stream: 'live', mode: 'all', history: 5, maxRate: 2 }]);
  expect(heard).toEqual(['8', '9', '10']);
});

test('waits for a connection, and goes from connecting over waiting to live to ended', () => {
  const { client, socket } = makeClient();
  const subscription = client.subscribe('live');
  const states: string[] = [];
  subscription.on('state', ({ state }) => states.push(state));
  expect(socket.events).toEqual([]);
  expect(subscription.state).toBe('connecting');

  socket.hello();
  socket.reply('subscribe', subscribed());
  socket.stream('cast', cast([item(1)]));
  subscription.close();

  expect(states).toEqual(['waiting', 'live', 'ended']);
  expect(subscription.error).toBeUndefined();
});

test('tells model, labels and position, and counts', () => {
  const { socket, subscription } = subscribe();
  listen(subscription);

  socket.stream('cast', cast(items(1, 3)));

  expect(subscription).toMatchObject({
    stream: 'live',
    mode: 'all',
    model: 's@1',
    labels: ['negative', 'positive'],
    position: { epoch: 'e1', offset: 3 },
    stats: { received: 3, skipped: 0, gaps: 0, repeats: 0, buffered: 0 },
  });
});

test.each([
  ['a name that is none', '', {}, /stream must be/],
  ['a mode that is none', 'x', { mode: 'most' }, /mode must be/],
  ['an unknown option', 'x', { maxrate: 4 }, /maxrate is no option/],
  ['a rate out of range', 'x', { maxRate: 0 }, /maxRate must be/],
  ['a rate for windows', 'x', { mode: 'aggregate', maxRate: 4 }, /maxRate is not for mode/],
  ['null', 'x', { history: null }, /history must be/],
  ['a buffer that holds nothing', 'x', { maxBuffered: 1 }, /maxBuffered must be/],
  ['a position that is none', 'x', { position: { offset: 3 } }, /position must be/],
])('throws a TypeError at once for %s', (_what, stream, options, message) => {
  const { client, socket } = makeClient();
  socket.hello();

  expect(() => client.subscribe(stream, options as object)).toThrow(TypeError);
  expect(() => client.subscribe(stream, options as object)).toThrow(message);
  expect(socket.events).toEqual([]);
});

test('throws ALREADY_SUBSCRIBED for a second subscription to a stream, until the first is closed', () => {
  const { client, socket, subscription } = subscribe();

  expect(() => client.subscribe('live')).toThrow(expect.objectContaining({ code: 'ALREADY_SUBSCRIBED' }));
  client.subscribe('other');
  subscription.close();
  client.subscribe('live');

  expect(socket.payloads('subscribe')).toMatchObject([{ stream: 'live' }, { stream: 'other' }, { stream: 'live' }]);
  expect(socket.payloads('unsubscribe')).toEqual([{ stream: 'live' }]);
});

test('gives a new subscription nothing that was sent for a closed one to the same stream', () => {
  const { client, socket, subscription } = subscribe();
  subscription.close();
  const heard = listen(client.subscribe('live', { position: { epoch: 'e1', offset: 3 } }));

  socket.stream('cast', cast([item(90)]));
  socket.reply('unsubscribe', { stream: 'live' });
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 3 }));
  socket.stream('cast', cast(items(4, 5)));

  expect(heard).toEqual(['4', '5']);
});

test('asks nothing and hears nothing after close', () => {
  const { socket, clock, subscription } = subscribe();
  const heard = listen(subscription);

  subscription.close();
  subscription.close();
  socket.stream('cast', cast([item(1)]));
  socket.lose();
  clock.advance(300);
  socket.hello();

  expect(heard).toEqual([]);
  expect(socket.payloads('subscribe')).toHaveLength(1);
  expect(socket.payloads('unsubscribe')).toHaveLength(1);
});

test('does not unsubscribe from what the hub never heard of', () => {
  const { client, socket } = makeClient();

  client.subscribe('live').close();
  socket.hello();

  expect(socket.events).toEqual([]);
});

test('ends by its signal, before or after the call, and takes its listener off', () => {
  const controller = new AbortController();
  const { client, socket, subscription } = subscribe({ signal: controller.signal });
  const removed = vi.spyOn(controller.signal, 'removeEventListener');

  controller.abort();
  const late = client.subscribe('live', { signal: controller.signal });

  expect([subscription.state, late.state]).toEqual(['ended', 'ended']);
  expect(removed).toHaveBeenCalled();
  expect(socket.payloads('subscribe')).toHaveLength(1);
  expect(socket.payloads('unsubscribe')).toHaveLength(1);
});

test('asks again when no reply comes, and takes the late reply to the first question too', () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const subscription = client.subscribe('live');

  clock.advance(5_000);
  expect(socket.payloads('subscribe')).toHaveLength(2);
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 0 }));
  expect(subscription.state).toBe('live');
  socket.reply('subscribe', { error: { code: 'ALREADY_SUBSCRIBED', message: 'no' } });
  clock.advance(60_000);

  expect(subscription.state).toBe('live');
  expect(socket.payloads('subscribe')).toHaveLength(2);
});

test('takes ALREADY_SUBSCRIBED for a yes when it asked twice, and for an error when it asked once', () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const twice = client.subscribe('live');
  clock.advance(5_000);
  const refusal = { error: { code: 'ALREADY_SUBSCRIBED', message: 'no' } };

  socket.reply('subscribe', refusal);
  expect(twice.state).toBe('waiting');
  const once = client.subscribe('other');
  socket.reply('subscribe', undefined);
  socket.reply('subscribe', refusal);

  expect(once).toMatchObject({ state: 'ended', error: { code: 'ALREADY_SUBSCRIBED' } });
});

test('asks again after a refusal that may pass: after the hub’s time or its own, which doubles', () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const subscription = client.subscribe('live');
  const waits: number[] = [];
  const refuse = (retryAfterMs?: number): void => {
    socket.reply('subscribe', { error: { code: 'TOO_MANY_STREAMS', message: 'full', retryAfterMs } });
    const asked = socket.payloads('subscribe').length;
    let waited = 0;
    for (; socket.payloads('subscribe').length === asked; waited += 500) clock.advance(500);
    waits.push(waited);
  };

  for (let i = 0; i < 5; i++) refuse();
  refuse(30_000);
  refuse(1e15);

  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 30_000, 60_000]);
  expect(subscription.state).toBe('connecting');
});

test('a subscription that is refused is warned of when nobody would hear of it', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { client, socket } = makeClient();
  socket.hello();
  const refuse = (): boolean => socket.reply('subscribe', { error: { code: 'FORBIDDEN', message: 'not you' } });

  client.subscribe('told').on('state', () => {});
  refuse();
  const loop = client.subscribe('thrown')[Symbol.asyncIterator]().next();
  refuse();
  expect(await outcome(loop)).toBe('FORBIDDEN');
  client.subscribe('closed').close();
  expect(warn).not.toHaveBeenCalled();

  client.subscribe('silent').on('value', () => {});
  refuse();
  refuse();
  expect(warn.mock.calls).toEqual([['tickcast: the subscription to "silent" ended: FORBIDDEN: not you']]);
  warn.mockRestore();
});

test('ends with a refusal that will not pass', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const subscription = client.subscribe('live');
  const changes: unknown[] = [];
  subscription.on('state', (change) => changes.push(change));

  socket.reply('subscribe', { error: { code: 'FORBIDDEN', message: 'not you' } });
  clock.advance(60_000);

  expect(changes).toMatchObject([{ state: 'ended', reason: 'not you', error: { code: 'FORBIDDEN' } }]);
  expect(await outcome(subscription[Symbol.asyncIterator]().next())).toBe('FORBIDDEN');
  expect(socket.payloads('subscribe')).toHaveLength(1);
  client.subscribe('live');
  expect(socket.payloads('subscribe')).toHaveLength(2);
});

test('ends when the hub ends it, and keeps the position for who subscribes again', () => {
  const { client, socket, subscription } = subscribe();
  listen(subscription);
  socket.stream('cast', cast(items(1, 4)));
  let again: unknown;
  subscription.on('state', () => {
    again = client.subscribe('live', { position: subscription.position });
  });

  socket.stream('unsubscribed', {
    stream: 'live',
    code: 'SLOW_VIEWER',
    message: 'slow',
    position: { epoch: 'e1', offset: 9 },
  });

  expect(subscription).toMatchObject({ state: 'ended', error: { code: 'SLOW_VIEWER', retryable: true } });
  expect(again).toMatchObject({ state: 'connecting' });
  expect(socket.payloads('subscribe')[1]).toEqual({
    stream: 'live',
    mode: 'all',
    position: { epoch: 'e1', offset: 4 },
  });
  expect(socket.payloads('unsubscribe')).toEqual([]);
});

test('ends with the client: without an error by close(), with the refusal when the hub refuses for good', () => {
  const closed = subscribe();
  closed.client.close();
  const refused = makeClient();
  const subscription = refused.client.subscribe('live');
  refused.socket.listener.connectFailed('refused', { code: 'FORBIDDEN', message: 'no', retryable: false });

  expect(closed.subscription).toMatchObject({ state: 'ended', error: undefined });
  expect(subscription).toMatchObject({ state: 'ended', error: { code: 'FORBIDDEN' } });
  expect(() => refused.client.subscribe('live')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  expect(closed.clock.timers).toBe(0);
});

test('a handler that throws disturbs neither the others nor the subscription', () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { socket, subscription } = subscribe();
  subscription.on('value', () => {
    throw new Error('handler broke');
  });
  const heard = listen(subscription);

  socket.stream('cast', cast(items(1, 2)));

  expect(heard).toEqual(['1', '2']);
  expect(report).toHaveBeenCalledTimes(2);
  report.mockRestore();
});

test('a handler that closes in the middle of a frame gets no more of it, and the position says so', () => {
  const { socket, subscription } = subscribe();
  const heard: number[] = [];
  subscription.on('value', ({ offset }) => {
    heard.push(offset);
    if (offset === 2) subscription.close();
  });

  socket.stream('cast', cast(items(1, 5)));

  expect(heard).toEqual([1, 2]);
  expect(subscription.stats).toMatchObject({ received: 2, buffered: 0 });
  expect(subscription.position).toEqual({ epoch: 'e1', offset: 2 });
});

const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  7,
  'x',
  [],
  {},
  { stream: 5 },
  { stream: '__proto__', epoch: 'e1', skipped: 0, items: [item(1)] },
  cast([]),
  cast([item(1)], ''),
  cast([item(2), item(1)]),
  cast([{ ...item(1), offset: 1.5 }]),
  cast([{ ...item(1), from: 4 } as never]),
  cast([item(1)], 'e1', { skipped: Number.NaN }),
  cast([item(1)], 'e1', { items: { length: 1 } }),
  { stream: 'live', epoch: 'e1', windowMs: 0, model: 's@1', skipped: 0, windows: [] },
  { stream: 'live', reason: 'evicted', missed: null },
  { stream: 'live', reason: 'bored', missed: null },
  { stream: 'live', code: 4 },
];

test('ignores what is no frame, gap or notice, and goes on', () => {
  const { socket, subscription } = subscribe();
  const heard = listen(subscription);

  for (const raw of GARBAGE) {
    for (const event of ['cast', 'aggregate', 'gap', 'unsubscribed', 'status'] as const) socket.stream(event, raw);
  }
  socket.stream('cast', cast([item(1)], 'e1', { stream: 'another' }));
  socket.stream('cast', cast([item(1)]));

  expect(heard).toEqual(['1']);
  expect(subscription.state).toBe('live');
});
