import { expect, test } from 'vitest';
import type { ClientOptions } from '../../../client/options.js';
import type { SubscribeOptions } from '../../../client/streams/types.js';
import type { StreamMode } from '../../../shared/index.js';
import { aggregate, cast, drain, FakePage, item, subscribe, subscribed, window } from './stream-fixtures.js';

/** The hub's clock is this far ahead of the client's, in milliseconds. */
const AHEAD = 1_000_000;

/** A subscription whose hub tells its time after a round trip of 10 ms; its client's clock then stands at 10 ms. */
function dated<Mode extends StreamMode = 'all'>(options: SubscribeOptions<Mode> = {}, page?: FakePage) {
  const made = subscribe(options, {} satisfies ClientOptions, page);
  made.clock.advance(5);
  const at = AHEAD + made.clock.now();
  made.clock.advance(5);
  made.socket.reply('echo', { at });
  const send = (offset: number, ageMs: number, extra: object = {}): void =>
    made.socket.listener.stream('cast', cast([item(offset, { at: AHEAD + made.clock.now() - ageMs, ...extra })]));
  return { ...made, send };
}

test('an item’s age runs from the acceptance of its request to its handler, by the hub’s clock', () => {
  const { clock, subscription, send } = dated();
  subscription.on('value', () => {});
  clock.advance(1_000);

  send(1, 40);
  send(2, 60, { tookMs: 15.5 });
  send(3, 20);

  expect(subscription.freshness).toEqual({ p50Ms: 40, p99Ms: 75.5, count: 3 });
});

test('a loop counts an item when it takes it', async () => {
  const { clock, subscription, send } = dated();
  const loop = subscription[Symbol.asyncIterator]();
  clock.advance(1_000);
  send(1, 10);
  clock.advance(300);
  await drain(loop, 1);

  expect(subscription.freshness).toEqual({ p50Ms: 310, p99Ms: 310, count: 1 });
});

test('a page asks for the age of an item when it draws it', () => {
  const { clock, subscription, send } = dated();
  const drawn: (number | undefined)[] = [];
  subscription.on('value', (value) => {
    clock.advance(16);
    drawn.push(subscription.ageOf(value));
  });
  clock.advance(100);
  send(1, 10, { tookMs: 4 });

  expect(drawn).toEqual([30]);
});

test('history is not counted, and what was missed meanwhile is', () => {
  const { clock, socket, subscription, send } = dated();
  subscription.on('value', () => {});
  send(1, 5_000);
  expect(subscription.freshness).toBeUndefined();

  clock.advance(1_000);
  socket.lose();
  clock.advance(2_000);
  socket.hello();
  socket.reply('subscribe', subscribed({ epoch: 'e1', offset: 1 }));
  expect(subscription.freshness).toBeUndefined();
  socket.reply('echo', { at: AHEAD + clock.now() });
  send(2, 1_500);

  expect(subscription.freshness).toEqual({ p50Ms: 1_500, p99Ms: 1_500, count: 1 });
});

test('of windows, the samples count', () => {
  const { clock, socket, subscription } = dated({ mode: 'aggregate' });
  subscription.on('value', () => {});
  clock.advance(5_000);
  const now = AHEAD + clock.now();
  const samples = [item(2, { at: now - 800 }), item(3, { at: now - 100 })];
  socket.listener.stream('aggregate', aggregate([window(now - 2_000, 1), { ...window(now - 1_000, 3, 2), samples }]));

  expect(subscription.freshness).toEqual({ p50Ms: 100, p99Ms: 800, count: 2 });
});

test('what was published while the page was hidden is not counted, and what comes later is', () => {
  const page = new FakePage();
  const { clock, subscription, send } = dated({}, page);
  subscription.on('value', () => {});
  clock.advance(1_000);
  page.set(true);
  send(1, 0);
  clock.advance(1_000);
  page.set(false);
  send(2, 500);
  expect(subscription.freshness).toBeUndefined();

  clock.advance(1_000);
  send(3, 30);
  expect(subscription.freshness).toEqual({ p50Ms: 30, p99Ms: 30, count: 1 });
});

test('a hub that does not tell its time leaves it unknown', () => {
  const { clock, socket, subscription } = subscribe();
  subscription.on('value', () => {});
  socket.reply('echo', undefined);
  clock.advance(100);
  socket.listener.stream('cast', cast([item(1)]));

  expect(subscription.freshness).toBeUndefined();
  expect(subscription.ageOf(item(1))).toBeUndefined();
});

test('the hub’s time is asked for again, the best answer counts, and a clock that was set is followed', () => {
  const { clock, socket, subscription } = dated();
  const now = item(1, { at: AHEAD });
  /** By how much the hub's clock is thought to be further ahead than it was. */
  const driftMs = (): number => (subscription.ageOf(now) as number) - clock.now();
  /** The next question is answered after this long, by a hub whose clock is this much further ahead. */
  const answer = (roundTripMs: number, drift: number): void => {
    const asked = socket.payloads('echo').length;
    while (socket.payloads('echo').length === asked) clock.advance(1);
    const at = AHEAD + clock.now() + drift + roundTripMs / 2;
    clock.advance(roundTripMs);
    socket.reply('echo', { at });
  };
  expect(driftMs()).toBe(0);

  // It took long, so that it may be that wrong.
  answer(400, 150);
  expect(driftMs()).toBe(0);

  // The clocks have drifted apart: the first answer is less exact by now.
  answer(20, 8);
  expect(driftMs()).toBe(8);

  // The hub's clock was set forward: no answer is that wrong.
  answer(200, 60_000);
  expect(driftMs()).toBe(60_000);
});

test('nothing is asked without subscriptions', () => {
  const { client, clock, socket, subscription } = dated();
  subscription.close();
  const asked = socket.payloads('echo').length;
  clock.advance(120_000);
  expect(socket.payloads('echo')).toHaveLength(asked);

  client.subscribe('other');
  expect(socket.payloads('echo')).toHaveLength(asked + 1);
});
