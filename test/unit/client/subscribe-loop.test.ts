import { expect, test } from 'vitest';
import { makeClient, outcome } from './fake-socket.js';
import { aggregate, cast, drain, item, items, listen, subscribe, subscribed, window } from './stream-fixtures.js';

const POSITION_0 = { epoch: 'e1', offset: 0 };

test('a loop gets each value once, in order, those before it began too', async () => {
  const { socket, subscription } = subscribe();
  socket.stream('cast', cast(items(1, 2)));
  const iterator = subscription[Symbol.asyncIterator]();
  const waiting = drain(iterator, 4);
  await outcome(waiting);

  socket.stream('cast', cast(items(3, 4)));

  expect((await waiting).map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
});

test('leaving a loop closes the subscription, and the position is that of the last value it got', async () => {
  const { socket, subscription } = subscribe();
  socket.stream('cast', cast(items(1, 5)));

  for await (const { offset } of subscription) if (offset === 2) break;

  expect(subscription.state).toBe('ended');
  expect(subscription.position).toEqual({ epoch: 'e1', offset: 2 });
  expect(subscription.stats.buffered).toBe(0);
  expect(socket.payloads('unsubscribe')).toEqual([{ stream: 'live' }]);
});

test('close() ends a loop that waits, and all later calls of next()', async () => {
  const { subscription } = subscribe();
  const iterator = subscription[Symbol.asyncIterator]();
  const first = iterator.next();
  const second = iterator.next();

  subscription.close();

  expect(await Promise.all([first, second, iterator.next()])).toEqual(
    Array.from({ length: 3 }, () => ({ done: true, value: undefined })),
  );
});

test('the signal ends a loop', async () => {
  const controller = new AbortController();
  const { subscription } = subscribe({ signal: controller.signal });
  const waiting = drain(subscription[Symbol.asyncIterator](), 1);

  controller.abort();

  expect(await waiting).toEqual([]);
});

test('an error ends a loop after what waits was handed over', async () => {
  const { socket, subscription } = subscribe();
  const iterator = subscription[Symbol.asyncIterator]();
  socket.stream('cast', cast(items(1, 2)));

  socket.stream('unsubscribed', { stream: 'live', code: 'SLOW_VIEWER', message: 'slow' });

  expect(subscription.position).toEqual(POSITION_0);
  expect(await iterator.next()).toMatchObject({ value: { offset: 1 } });
  expect(subscription.position).toEqual({ epoch: 'e1', offset: 1 });
  expect(await iterator.next()).toMatchObject({ value: { offset: 2 } });
  expect(await outcome(iterator.next())).toBe('SLOW_VIEWER');
});

test('an error ends a loop that waits', async () => {
  const { socket, subscription } = subscribe();
  const next = subscription[Symbol.asyncIterator]().next();

  socket.stream('unsubscribed', { stream: 'live', code: 'SLOW_VIEWER', message: 'slow' });

  expect(await outcome(next)).toBe('SLOW_VIEWER');
});

test('asks the hub to hold back at half of the buffer, and to go on at a quarter, once each', async () => {
  const { socket, subscription } = subscribe({ maxBuffered: 8 });
  const iterator = subscription[Symbol.asyncIterator]();

  socket.stream('cast', cast(items(1, 3)));
  expect(socket.payloads('pace')).toEqual([]);
  socket.stream('cast', cast(items(4, 6)));
  expect(socket.payloads('pace')).toEqual([{ stream: 'live', paused: true }]);
  await drain(iterator, 3);
  expect(socket.payloads('pace')).toHaveLength(1);
  await drain(iterator, 1);
  expect(socket.payloads('pace')).toEqual([
    { stream: 'live', paused: true },
    { stream: 'live', paused: false },
  ]);

  socket.stream('cast', cast(items(7, 8)));
  expect(socket.payloads('pace')).toHaveLength(3);
});

test('a loop over every item leaves what does not fit with the hub, and asks for it when there is room', async () => {
  const { socket, subscription } = subscribe({ maxBuffered: 8 });
  const heard: string[] = [];
  subscription.on('gap', ({ reason }) => heard.push(reason));
  subscription.on('state', ({ state }) => heard.push(state));
  const iterator = subscription[Symbol.asyncIterator]();

  socket.stream('cast', cast(items(1, 10)));
  socket.stream('cast', cast(items(11, 12)));
  socket.stream('gap', { stream: 'live', epoch: 'e1', reason: 'evicted', missed: 1, to: 13 });
  expect(subscription.stats).toMatchObject({ received: 8, skipped: 0, gaps: 0, buffered: 8 });
  await drain(iterator, 5);
  expect(socket.payloads('unsubscribe')).toEqual([]);
  await drain(iterator, 1);
  expect(socket.payloads('unsubscribe')).toEqual([{ stream: 'live' }]);
  expect(socket.payloads('subscribe')[1]).toMatchObject({ position: { epoch: 'e1', offset: 8 } });
  // From the old subscription.
  socket.stream('cast', cast(items(14, 15)));
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 8 }));
  socket.stream('cast', cast(items(9, 11)));

  expect((await drain(iterator, 5)).map(({ offset }) => offset)).toEqual([7, 8, 9, 10, 11]);
  expect(subscription.stats).toMatchObject({ received: 11, skipped: 0, buffered: 0 });
  expect(heard).toEqual([]);
});

test('drops the oldest when the buffer fills all the same, says how many, and stays bounded', async () => {
  const { socket, subscription } = subscribe({ maxBuffered: 10, maxRate: 10 });
  const skipped: unknown[] = [];
  subscription.on('skipped', (event) => skipped.push(event));
  const iterator = subscription[Symbol.asyncIterator]();

  socket.stream('cast', cast(items(1, 8)));
  socket.stream('cast', cast(items(9, 100)));

  expect(skipped).toEqual([{ count: 90, reason: 'buffer' }]);
  expect(subscription.stats).toMatchObject({ received: 100, skipped: 90, buffered: 10 });
  expect((await drain(iterator, 10)).map(({ offset }) => offset)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
});

test('counts windows when it drops frames of them', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate', maxBuffered: 2 });
  const skipped: unknown[] = [];
  subscription.on('skipped', (event) => skipped.push(event));

  socket.stream('aggregate', aggregate([window(1000, 1), window(2000, 2), window(3000, 3)]));
  socket.stream('aggregate', aggregate([window(4000, 4)]));
  expect(subscription.position).toEqual(POSITION_0);
  socket.stream('aggregate', aggregate([window(5000, 5)]));

  expect(skipped).toEqual([{ count: 3, reason: 'buffer' }]);
  expect(subscription.position).toEqual({ epoch: 'e1', offset: 3 });
});

test('says again that it is paused after a lost connection, and asks for what comes after all it has', async () => {
  const { socket, subscription } = subscribe({ maxBuffered: 4 });
  const iterator = subscription[Symbol.asyncIterator]();
  socket.stream('cast', cast(items(1, 2)));

  socket.lose();
  socket.hello();
  expect(socket.payloads('pace')).toHaveLength(1);
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 2 }));

  expect(socket.payloads('subscribe')[1]).toMatchObject({ position: { epoch: 'e1', offset: 2 } });
  expect(socket.payloads('pace')).toEqual([
    { stream: 'live', paused: true },
    { stream: 'live', paused: true },
  ]);
  await drain(iterator, 1);
  expect(socket.payloads('pace')).toHaveLength(3);
});

test('does not say that it is paused on a new connection when it no longer is', async () => {
  const { socket, subscription } = subscribe({ maxBuffered: 4 });
  const iterator = subscription[Symbol.asyncIterator]();
  socket.stream('cast', cast(items(1, 2)));
  socket.lose();

  await drain(iterator, 2);
  socket.hello();
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 2 }));

  expect(socket.payloads('pace')).toEqual([{ stream: 'live', paused: true }]);
});

test('with handlers alone nothing waits and nobody is asked to hold back', () => {
  const { socket, subscription } = subscribe({ maxBuffered: 4 });
  const heard = listen(subscription);

  socket.stream('cast', cast(items(1, 50)));

  expect(heard).toHaveLength(50);
  expect(subscription.stats.buffered).toBe(0);
  expect(socket.payloads('pace')).toEqual([]);
});

test('what came before the first handler is handed to it, in order, and the hub goes on', async () => {
  const { socket, subscription } = subscribe({ maxBuffered: 4 });
  socket.stream('cast', cast(items(1, 3)));
  expect(socket.payloads('pace')).toEqual([{ stream: 'live', paused: true }]);

  const heard = listen(subscription);
  expect(heard).toEqual([]);
  socket.stream('cast', cast([item(4)]));
  await outcome(Promise.resolve());
  socket.stream('cast', cast([item(5)]));

  expect(heard).toEqual(['1', '2', '3', '4', '5']);
  expect(socket.payloads('pace').at(-1)).toEqual({ stream: 'live', paused: false });
});

test('without anybody to listen the buffer is bounded too', () => {
  const { socket, subscription } = subscribe({ maxBuffered: 5 });

  for (let offset = 1; offset <= 1_000; offset++) socket.stream('cast', cast([item(offset)]));

  expect(subscription.stats).toMatchObject({ buffered: 5, skipped: 995 });
  expect(socket.payloads('pace')).toHaveLength(1);
});

test('a handler beside a loop gets every value too', async () => {
  const { socket, subscription } = subscribe();
  const iterator = subscription[Symbol.asyncIterator]();
  const heard = listen(subscription);

  socket.stream('cast', cast(items(1, 2)));

  expect(heard).toEqual(['1', '2']);
  expect((await drain(iterator, 2)).map(({ offset }) => offset)).toEqual([1, 2]);
});

test('refuses a second loop while one is on', () => {
  const { subscription } = subscribe();
  subscription[Symbol.asyncIterator]();

  expect(() => subscription[Symbol.asyncIterator]()).toThrow(/one loop/);
});

test('a loop ends when the client is closed', async () => {
  const { client } = makeClient();
  const next = client.subscribe('live')[Symbol.asyncIterator]().next();

  client.close();

  expect(await outcome(next)).toEqual({ done: true, value: undefined });
});
