import { expect, test } from 'vitest';
import { makeClient } from './fake-socket.js';
import {
  aggregate,
  cast,
  item,
  items,
  listen,
  listenWindows,
  subscribe,
  subscribed,
  window,
} from './stream-fixtures.js';

test('asks on each connection for what comes after its position, and hands over nothing twice', () => {
  const { socket, subscription } = subscribe({ history: 5 });
  const heard = listen(subscription);
  socket.stream('cast', cast(items(1, 3)));

  socket.lose();
  expect(subscription.state).toBe('connecting');
  socket.hello();
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 3 }));
  socket.stream('cast', cast(items(2, 5)));

  expect(socket.payloads('subscribe')).toEqual([
    { stream: 'live', mode: 'all', history: 5 },
    // The hub uses the history when that position no longer exists.
    { stream: 'live', mode: 'all', history: 5, position: { epoch: 'e1', offset: 3 } },
  ]);
  expect(heard).toEqual(['1', '2', '3', '4', '5']);
  expect(subscription.stats.received).toBe(5);
});

test('asks for its history again when nothing came and the hub named no place', () => {
  const { client, socket } = makeClient();
  client.subscribe('live', { history: 5 });
  socket.hello();
  socket.reply('subscribe', subscribed());

  socket.lose();
  socket.hello();

  expect(socket.payloads('subscribe')[1]).toEqual({ stream: 'live', mode: 'all', history: 5 });
});

test('goes on from the position that the program gives', () => {
  const { socket, subscription } = subscribe({ position: { epoch: 'e1', offset: 10 } });
  const heard = listen(subscription);

  socket.stream('cast', cast(items(9, 12)));

  expect(socket.payloads('subscribe')).toEqual([
    { stream: 'live', mode: 'all', position: { epoch: 'e1', offset: 10 } },
  ]);
  expect(heard).toEqual(['11', '12']);
});

test('ignores a reply that belongs to a lost connection', () => {
  const { client, socket } = makeClient();
  const subscription = client.subscribe('live');
  socket.hello();
  const stale = socket.takeReply('subscribe');
  socket.lose();
  socket.hello();

  stale?.({ error: { code: 'FORBIDDEN', message: 'no' } });
  expect(subscription.state).toBe('connecting');
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 0 }));

  expect(subscription.state).toBe('live');
});

test('counts as skipped what its own offsets leave out, whatever the frame says, but not before the first item', () => {
  const { socket, subscription } = subscribe();
  const heard = listen(subscription);

  socket.stream('cast', cast([item(40)], 'e1', { skipped: 7 }));
  socket.stream('cast', cast([item(50)], 'e1', { skipped: 3 }));
  socket.stream('cast', cast([item(51), item(54)]));

  expect(heard).toEqual(['40', 'skipped 9 pace', '50', '51', 'skipped 2 pace', '54']);
  expect(subscription.stats.skipped).toBe(11);
});

test('reports evicted items once as a gap and does not count them as skipped', () => {
  const { socket, subscription } = subscribe();
  const heard = listen(subscription);
  socket.stream('cast', cast([item(1)]));
  const gap = { stream: 'live', epoch: 'e1', reason: 'evicted', missed: 8, from: 2, to: 9 };

  socket.stream('gap', gap);
  expect(subscription.position).toEqual({ epoch: 'e1', offset: 9 });
  socket.stream('gap', gap);
  socket.stream('cast', cast([item(10)]));

  expect(heard).toEqual(['1', 'gap evicted 8', '10']);
  expect(subscription.stats.gaps).toBe(1);
});

test.each(['restarted', 'moved'])('begins afresh after a gap of a hub that %s', (reason) => {
  const { socket, subscription } = subscribe();
  const heard = listen(subscription);
  socket.stream('cast', cast(items(1, 2)));

  socket.stream('gap', { stream: 'live', epoch: 'e2', reason, missed: null });
  expect(subscription.position).toBeUndefined();
  socket.stream('cast', cast([item(1), item(2)], 'e2'));

  expect(heard).toEqual(['1', '2', `gap ${reason} null`, '1', '2']);
});

test('waits again when a hub restarted and nobody has published since', () => {
  const { socket, subscription } = subscribe();
  listen(subscription);
  socket.stream('cast', cast([item(1)]));

  socket.stream('gap', { stream: 'live', reason: 'restarted', missed: null });

  expect(subscription.state).toBe('waiting');
});

test('reports a change of epoch that no gap announced as a gap, never in silence', () => {
  const { socket, subscription } = subscribe();
  const heard = listen(subscription);

  socket.stream('cast', cast([item(5)]));
  socket.stream('cast', cast([item(3)], 'e2'));
  socket.stream('gap', { stream: 'live', epoch: 'e3', reason: 'evicted', missed: 1, from: 1, to: 1 });

  expect(heard).toEqual(['5', 'gap restarted null', '3', 'gap restarted null', 'gap evicted 1']);
  expect(subscription.position).toEqual({ epoch: 'e3', offset: 1 });
});

test('drops an item of a request that was sent again, counts it and moves on', () => {
  const { socket, subscription } = subscribe();
  const heard = listen(subscription);

  socket.stream('cast', cast([item(1, { id: 7 }), item(2, { id: 7, row: 1 }), item(3, { id: '7' })]));
  socket.stream('cast', cast([item(4, { id: 7 }), item(5, { id: 7, from: 'other' }), item(6, { id: 7, row: 1 })]));
  socket.stream('cast', cast([item(7), item(8)]));

  expect(heard).toEqual(['1', '2', '3', '5', '7', '8']);
  expect(subscription.stats).toMatchObject({ received: 6, repeats: 2, skipped: 0 });
  expect(subscription.position).toEqual({ epoch: 'e1', offset: 8 });
});

test('recognises a repeat over a restart of the hub', () => {
  const { socket, subscription } = subscribe();
  const heard = listen(subscription);
  socket.stream('cast', cast([item(9, { id: 1 })]));

  socket.stream('gap', { stream: 'live', epoch: 'e2', reason: 'restarted', missed: null });
  socket.stream('cast', cast([item(1, { id: 1 }), item(2, { id: 2 })], 'e2'));

  expect(heard).toEqual(['9', 'gap restarted null', '2']);
});

test('hands over windows as frames, once each, and counts the windows between', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate', windowMs: 1000 });
  const heard = listenWindows(subscription);

  socket.stream('aggregate', aggregate([window(1000, 2), window(2000, 3)]));
  socket.stream('aggregate', aggregate([window(5000, 8)], 'e1', { skipped: 1 }));
  socket.lose();
  socket.hello();
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 8 }, 'aggregate'));
  socket.stream('aggregate', aggregate([window(4000, 7), window(5000, 8), window(6000, 8, 0)]));

  expect(heard).toEqual(['1000 2000', 'skipped 2 pace', '5000', '6000']);
  expect(socket.payloads('subscribe')[1]).toMatchObject({ windowMs: 1000, position: { epoch: 'e1', offset: 8 } });
  expect(subscription.stats).toMatchObject({ received: 4, skipped: 2 });
  expect(subscription.position).toEqual({ epoch: 'e1', offset: 8 });
});

test('does not count as skipped the windows that a gap or a new epoch accounts for', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate' });
  const heard = listenWindows(subscription);

  socket.stream('aggregate', aggregate([window(1000, 2)]));
  socket.stream('gap', { stream: 'live', epoch: 'e1', reason: 'evicted', missed: 6, from: 3, to: 8 });
  socket.stream('aggregate', aggregate([window(9000, 9)]));
  socket.stream('aggregate', aggregate([window(3000, 1)], 'e2'));

  expect(heard).toEqual(['1000', 'gap evicted 6', '9000', 'gap restarted null', '3000']);
});

test('ignores frames of another mode', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate' });
  const heard = listenWindows(subscription);

  socket.stream('cast', cast(items(1, 3)));

  expect(heard).toEqual([]);
});

test('hands over every window of a hub whose clock was set back, in the order of their offsets', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate', windowMs: 1000 });
  const heard = listenWindows(subscription);

  socket.stream('aggregate', aggregate([window(9000, 1), window(10_000, 3, 2)]));
  socket.stream('aggregate', aggregate([window(7000, 4)]));
  socket.stream('aggregate', aggregate([window(8000, 4, 0)]));
  socket.stream('aggregate', aggregate([window(9000, 5), window(10_000, 6)]));

  expect(heard).toEqual(['9000 10000', '7000', '8000', '9000 10000']);
  expect(subscription.stats).toMatchObject({ received: 6, skipped: 0, gaps: 0 });
});

test('takes history in which the hub’s clock was set back, and a clock that was set forward leaves nothing out', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate', windowMs: 1000 });
  const heard = listenWindows(subscription);

  socket.stream('aggregate', aggregate([window(9000, 1), window(6000, 2), window(7_206_000, 3)]));
  socket.stream('aggregate', aggregate([window(14_406_000, 5, 2)]));

  expect(heard).toEqual(['9000 6000 7206000', '14406000']);
  expect(subscription.stats).toMatchObject({ received: 4, skipped: 0 });
});

test('tells windows that come again after a new connection by their items, and empty ones by their time', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate', windowMs: 1000 });
  const heard = listenWindows(subscription);

  socket.stream('aggregate', aggregate([window(5000, 1), window(2000, 2), window(3000, 2, 0)]));
  socket.lose();
  socket.hello();
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 2 }, 'aggregate'));
  socket.stream('aggregate', aggregate([window(2000, 2), window(3000, 2, 0), window(4000, 2, 0), window(5000, 3)]));

  expect(heard).toEqual(['5000 2000 3000', '4000 5000']);
});

test('loses of a frame only what it cannot read: an item is skipped, a window is', () => {
  const items = subscribe();
  const heardItems = listen(items.subscription);
  items.socket.stream('cast', cast([item(1), item(2, { score: null as never }), item(3)]));
  items.socket.stream('cast', cast([item(4, { prediction: null as never })]));
  items.socket.stream('cast', cast([item(5)]));

  const windows = subscribe({ mode: 'aggregate', windowMs: 1000 });
  const heardWindows = listenWindows(windows.subscription);
  const broken = { ...window(2000, 3, 2), rate: null as never };
  windows.socket.stream('aggregate', aggregate([window(1000, 1), broken, window(3000, 4)]));

  expect(heardItems).toEqual(['1', 'skipped 1 pace', '3', 'skipped 1 pace', '5']);
  expect(heardWindows).toEqual(['skipped 1 pace', '1000 3000']);
});

test('takes a window whose mean, receipt or sample is no number, without that part', () => {
  const { socket, subscription } = subscribe({ mode: 'aggregate', windowMs: 1000 });
  const given: unknown[] = [];
  subscription.on('value', ({ windows }) => given.push(...windows));
  const receipt = { queueUs: 1, batchUs: 2, inferUs: 3, totalUs: 6 };
  const { failed: _, ...old } = window(1000, 3, 3);

  socket.stream(
    'aggregate',
    aggregate([
      {
        ...old,
        labels: { positive: { count: 1, mean: null }, negative: { count: 2, mean: 0.25 } },
        p50: receipt,
        p99: { ...receipt, totalUs: null },
        samples: [item(1, { score: null as never }), item(3)],
      } as never,
    ]),
  );

  const labels = { negative: { count: 2, mean: 0.25 } };
  expect(given).toEqual([{ at: 1000, offset: 3, count: 3, failed: 0, rate: 3, labels, samples: [item(3)] }]);
});
