import { expect, test } from 'vitest';
import type { StateChange } from '../../../client/connection/connection.js';
import type { ClientOptions } from '../../../client/options.js';
import { hello, makeClient, outcome } from './fake-socket.js';
import { cast, items, listen, subscribed } from './stream-fixtures.js';

const ROW = [1, 2, 3, 4];
const GRACE_MS = 4000;
/** Delay of the first attempt after a goaway, with the fakes' jitter. */
const SPREAD_MS = 1000;

/** A connected client whose hub has sent goaway. `second()` is the connection to the next hub, once attempted. */
function drained(options: ClientOptions = {}) {
  const made = makeClient(options);
  const { client, socket: first, sockets } = made;
  const states: StateChange[] = [];
  client.on('state', (change) => states.push(change));
  first.hello();
  states.length = 0;
  const goaway = (socket = first): void => socket.listener.goaway({ reason: 'draining', graceMs: GRACE_MS });
  const opened = (index: number) => {
    const socket = sockets[index];
    if (socket === undefined) throw new Error(`there is no connection ${index + 1}`);
    return socket;
  };
  return { ...made, first, states, goaway, second: () => opened(1), third: () => opened(2) };
}

/** The same, up to the attempt to connect to the next hub. */
function trying(options: ClientOptions = {}) {
  const made = drained(options);
  made.goaway();
  made.clock.advance(SPREAD_MS);
  return { ...made, second: made.second() };
}

test('connects to another hub before it leaves the first, under the same session, and stays connected throughout', () => {
  const { client, first, sockets, clock, states, goaway, second } = drained();
  goaway();
  clock.advance(SPREAD_MS - 1);
  expect(sockets).toHaveLength(1);

  clock.advance(1);
  expect(sockets).toHaveLength(2);
  expect(second().attempts).toBe(1);
  expect(second().auth).toEqual(first.auth);
  expect(first.disconnects).toBe(0);
  second().hello();

  expect(first.disconnects).toBe(1);
  expect(states).toEqual([]);
  expect(client.state).toBe('connected');
  expect(clock.timers).toBe(0);
});

test('sends new requests to the new hub, awaits what is in flight at the old one, and sends nothing again', async () => {
  const { client, first, second } = trying();
  const old = [client.predict(ROW), client.predict(ROW)];
  second.hello();
  const fresh = client.predict(ROW);

  expect(first.ids).toEqual([1, 2]);
  expect(second.ids).toEqual([3]);
  second.answer(3, [3]);
  first.answer(1, [1]);
  expect(first.disconnects).toBe(0);
  first.refuse(2, 'OVERLOADED');
  expect(first.disconnects).toBe(1);

  expect(await fresh).toMatchObject({ prediction: [3] });
  expect(await Promise.all(old.map(outcome))).toMatchObject([{ prediction: [1] }, 'OVERLOADED']);
  expect([first.ids, second.ids]).toEqual([[1, 2], [3]]);
});

test('uses the old hub until the new one has said hello', () => {
  const { client, first, clock, goaway, second } = drained();
  void outcome(client.predict(ROW));
  goaway();
  void outcome(client.predict(ROW));
  clock.advance(SPREAD_MS);
  void outcome(client.predict(ROW));

  expect(first.ids).toEqual([1, 2, 3]);
  expect(second().ids).toEqual([]);
});

test('spreads the attempt over half of the time that the hub goes on, and by the first wait at the least', () => {
  for (const [graceMs, waitMs] of [
    [0, 125],
    [10_000, 2500],
    [Number.POSITIVE_INFINITY, 5000],
    [-1, 125],
  ] as const) {
    const { socket, sockets, clock } = makeClient({ reconnectMinMs: 250 });
    socket.hello();
    socket.listener.goaway({ reason: 'draining', graceMs });
    clock.advance(waitMs - 1);
    expect(sockets).toHaveLength(1);
    clock.advance(1);
    expect(sockets).toHaveLength(2);
  }
});

test('tells of every goaway and moves once', () => {
  const { client, sockets, clock, goaway } = drained();
  let notices = 0;
  client.on('goaway', () => {
    notices += 1;
  });
  goaway();
  clock.advance(SPREAD_MS / 2);
  goaway();
  clock.advance(SPREAD_MS / 2);
  goaway();
  clock.advance(SPREAD_MS);

  expect(notices).toBe(3);
  expect(sockets).toHaveLength(2);
  expect(sockets[1]?.attempts).toBe(1);
});

test('keeps to the old hub while there is no other, and tries again after longer and longer waits', () => {
  const { client, first, second, clock, states } = trying({ reconnectMinMs: 100, reconnectMaxMs: 400 });
  const waits: number[] = [];
  for (let i = 0; i < 4; i++) {
    second.listener.connectFailed('refused', undefined);
    const { attempts } = second;
    let waited = 0;
    for (; second.attempts === attempts; waited += 50) clock.advance(50);
    waits.push(waited);
  }
  void outcome(client.predict(ROW));

  expect(waits).toEqual([100, 200, 400, 400]);
  expect(first.ids).toEqual([1]);
  expect(states).toEqual([]);
});

test('waits as long as the hub that refuses asks for', () => {
  const { second, clock } = trying();
  const refusal = { code: 'DRAINING', message: 'going', retryable: true, retryAfterMs: 3000 };
  second.listener.connectFailed('refused', refusal);

  clock.advance(2999);
  expect(second.attempts).toBe(1);
  clock.advance(1);
  expect(second.attempts).toBe(2);
});

test('gives up an attempt that brings no hello, and tries again', () => {
  const { client, second, clock, states } = trying({ connectTimeoutMs: 500 });
  clock.advance(500);
  expect(second.disconnects).toBe(1);
  clock.advance(250);

  expect(second.attempts).toBe(2);
  expect(client.state).toBe('connected');
  expect(states).toEqual([]);
});

test('a new hub that this client cannot talk to is tried again, also once the old one is gone', async () => {
  const { client, first, second, clock } = trying();
  second.listener.hello({ ...hello(), protocol: 2 });
  expect(client.state).toBe('connected');
  expect(second.disconnects).toBe(1);
  const answer = client.predict(ROW);
  first.answer(1, [1]);
  expect(await answer).toMatchObject({ prediction: [1] });

  clock.advance(250);
  expect(second.attempts).toBe(2);
  first.lose();
  second.listener.hello({ ...hello(), protocol: 2 });
  expect(client.state).toBe('reconnecting');

  clock.advance(1000);
  expect(second.attempts).toBe(3);
  second.hello();
  expect(client.state).toBe('connected');
});

test('the old connection is lost before the new one says hello: the attempt goes on, and what was unanswered is sent again there', () => {
  const { client, first, second, sockets, clock, states } = trying();
  for (let i = 0; i < 2; i++) void outcome(client.predict(ROW));
  first.answer(1);

  first.lose();
  expect(states).toMatchObject([{ state: 'reconnecting', retryInMs: 0, attempts: 0 }]);
  client.retryNow();
  clock.advance(1000);
  expect(second.attempts).toBe(1);
  second.hello();

  expect(states.at(-1)).toMatchObject({ state: 'connected' });
  expect(second.ids).toEqual([2]);
  expect(sockets).toHaveLength(2);
  expect(clock.timers).toBe(1);
});

test('the attempt fails after the old connection was lost: it is an ordinary attempt', () => {
  const { first, second, sockets, clock, states } = trying();
  first.lose();
  second.listener.connectFailed('refused', undefined);
  expect(states.at(-1)).toMatchObject({ state: 'reconnecting', attempts: 1, retryInMs: 250 });
  clock.advance(250);

  expect(second.attempts).toBe(2);
  expect([first.attempts, sockets.length]).toEqual([1, 2]);
});

test.each([
  ['before the first attempt', 0],
  ['between two attempts', 1],
])('the old connection is lost %s: it is made again as ever', (_when, failures) => {
  const { client, first, sockets, clock, goaway, second } = drained();
  goaway();
  if (failures > 0) {
    clock.advance(SPREAD_MS);
    second().listener.connectFailed('refused', undefined);
  }
  first.lose();
  expect(client.state).toBe('reconnecting');
  clock.advance(250);
  expect(first.attempts).toBe(2);
  first.hello();
  clock.advance(60_000);

  expect(client.state).toBe('connected');
  expect(sockets).toHaveLength(1 + failures);
  expect(sockets[1]?.attempts ?? 1).toBe(1);
});

test('the old connection is lost after the move: what it owes is sent to the new hub at once, in order, within its credit', () => {
  const { client, first, second, clock, states } = trying();
  for (let i = 0; i < 3; i++) void outcome(client.predict(ROW));
  second.hello({ maxInFlightRows: 3 });
  for (let i = 0; i < 2; i++) void outcome(client.predict(ROW));
  first.answer(2);

  first.lose();
  expect(second.ids).toEqual([4, 5, 1]);
  second.answer(4);
  expect(second.ids).toEqual([4, 5, 1, 3]);
  clock.advance(1000);

  expect(first.attempts).toBe(1);
  expect(states).toEqual([]);
});

test('counts credit for each connection by itself', () => {
  const { client, first, second } = trying();
  for (let i = 0; i < 3; i++) void outcome(client.predict(ROW));
  second.hello({ maxInFlightRows: 2 });
  for (let i = 0; i < 3; i++) void outcome(client.predict(ROW));
  expect(second.ids).toEqual([4, 5]);

  first.answer(1);
  expect(second.ids).toEqual([4, 5]);
  second.answer(4);
  expect(second.ids).toEqual([4, 5, 6]);
});

test('sends what waits for credit at the old hub to the new one', () => {
  const made = makeClient();
  const { client, socket: first, sockets, clock } = made;
  first.hello({ maxInFlightRows: 1 });
  for (let i = 0; i < 3; i++) void outcome(client.predict(ROW));
  first.listener.goaway({ reason: 'draining', graceMs: GRACE_MS });
  clock.advance(SPREAD_MS);
  sockets[1]?.hello();

  expect([first.ids, sockets[1]?.ids]).toEqual([[1], [2, 3]]);
});

test('the new connection is lost while the old one owes answers: those still count, and only the rest is sent again', async () => {
  const { client, first, second, clock, states } = trying();
  const old = client.predict(ROW);
  second.hello();
  const fresh = client.predict(ROW);

  second.lose();
  expect(states).toMatchObject([{ state: 'reconnecting' }]);
  first.answer(1, [1]);
  expect(await old).toMatchObject({ prediction: [1] });
  expect(first.disconnects).toBe(1);
  clock.advance(250);
  second.hello();
  second.answer(2, [2]);

  expect(await fresh).toMatchObject({ prediction: [2] });
  expect([first.ids, second.ids]).toEqual([[1], [2, 2]]);
});

test('an answer that comes from both counts once', async () => {
  const { client, first, second } = trying();
  const results: unknown[] = [];
  const answer = client.predict(ROW).then((result) => results.push(result.prediction));
  second.hello();
  first.lose();
  expect(second.ids).toEqual([1]);

  second.answer(1, [2]);
  first.answer(1, [1]);
  second.refuse(1, 'DUPLICATE_ID');
  await answer;

  expect(results).toEqual([[2]]);
});

test('the new hub goes away while the old one still owes: there are never more than two, and nothing is lost', async () => {
  const { client, first, second, third, goaway, clock, sockets } = trying();
  const answers = [client.predict(ROW)];
  second.hello();
  answers.push(client.predict(ROW));
  goaway(second);
  clock.advance(SPREAD_MS);
  third().hello();
  answers.push(client.predict(ROW));

  expect(first.disconnects).toBe(1);
  expect([first.ids, second.ids, third().ids]).toEqual([[1], [2], [1, 3]]);
  second.answer(2, [2]);
  expect(second.disconnects).toBe(1);
  third().answer(1, [1]);
  third().answer(3, [3]);

  expect(await Promise.all(answers)).toMatchObject([1, 2, 3].map((value) => ({ prediction: [value] })));
  expect(sockets).toHaveLength(3);
});

test('a goaway of the hub that was left moves nothing', () => {
  const { client, second, goaway, clock, sockets } = trying();
  void outcome(client.predict(ROW));
  second.hello();
  goaway();
  clock.advance(5000);

  expect(sockets).toHaveLength(2);
});

test('cancels a request where it is in flight, and leaves the old hub with the last one', async () => {
  const { client, first, second } = trying();
  const [atOld, atNew] = [new AbortController(), new AbortController()];
  const answers = [client.predict(ROW, { signal: atOld.signal })];
  second.hello();
  answers.push(client.predict(ROW, { signal: atNew.signal }));
  atOld.abort();
  atNew.abort();

  expect([first.cancelled, second.cancelled]).toEqual([[1], [2]]);
  expect(first.disconnects).toBe(1);
  expect(await Promise.all(answers.map(outcome))).toEqual(['CANCELLED', 'CANCELLED']);
});

test('gives up what neither hub answers in time, and then the old connection', async () => {
  const { client, first, second, clock } = trying();
  const answers = [client.predict(ROW, { timeoutMs: 500 })];
  second.hello();
  answers.push(client.predict(ROW, { timeoutMs: 500 }));
  clock.advance(700);

  expect(await Promise.all(answers.map(outcome))).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
  expect([first.cancelled, second.cancelled]).toEqual([[1], [2]]);
  expect([first.disconnects, second.disconnects]).toEqual([1, 0]);
});

test('latest wins over the move: an older request is not sent again behind a newer one with its key', async () => {
  const { client, first, second } = trying();
  const older = client.predict(ROW, { key: 'k' });
  const other = client.predict(ROW, { key: 'other' });
  second.hello();
  const newer = client.predict(ROW, { key: 'k' });
  expect(second.ids).toEqual([3]);

  first.lose();

  expect(await outcome(older)).toBe('SUPERSEDED');
  expect(second.ids).toEqual([3, 2]);
  second.answer(2, [2]);
  second.answer(3, [3]);
  expect(await newer).toMatchObject({ prediction: [3] });
  expect(await other).toMatchObject({ prediction: [2] });
});

test('both requests with one key are answered when each hub answers its own', async () => {
  const { client, first, second } = trying();
  const older = client.predict(ROW, { key: 'k' });
  second.hello();
  const newer = client.predict(ROW, { key: 'k' });
  second.answer(2, [2]);
  first.answer(1, [1]);

  expect(await older).toMatchObject({ prediction: [1] });
  expect(await newer).toMatchObject({ prediction: [2] });
});

// A proxy may route the second connection back to the first hub, which then ends that one.
test.each(['before', 'after'] as const)(
  'the hub takes the session over and ends the first connection %s its hello',
  (when) => {
    const { client, first, second, states } = trying();
    void outcome(client.predict(ROW));
    if (when === 'before') first.listener.disconnected('io server disconnect');
    second.hello();
    if (when === 'after') first.listener.disconnected('io server disconnect');

    expect(second.ids).toEqual([1]);
    expect(client.state).toBe('connected');
    expect(states.map(({ state }) => state)).toEqual(when === 'before' ? ['reconnecting', 'connected'] : []);
    expect(first.attempts).toBe(1);
  },
);

test.each([
  ['before the attempt', false, false],
  ['during the attempt', true, false],
  ['while the old hub owes an answer', true, true],
])('close() %s closes both connections and leaves no timer', async (_when, tried, moved) => {
  const { client, first, sockets, clock, goaway } = drained();
  goaway();
  if (tried) clock.advance(SPREAD_MS);
  const answers = [client.predict(ROW)];
  if (moved) {
    sockets[1]?.hello();
    answers.push(client.predict(ROW));
  }
  client.close();
  first.answer(1);
  sockets[1]?.hello();

  expect(await Promise.all(answers.map(outcome))).toEqual(answers.map(() => 'CANCELLED'));
  expect(first.disconnects).toBe(1);
  expect(sockets[1]?.disconnects ?? 1).toBe(1);
  expect(clock.timers).toBe(0);
  clock.advance(60_000);
  expect(sockets).toHaveLength(tried ? 2 : 1);
});

test('may be closed from a handler of the goaway or of the new hello', () => {
  for (const event of ['goaway', 'hello'] as const) {
    const { client, first, sockets, clock, goaway } = drained();
    client.on(event, () => client.close());
    goaway();
    clock.advance(SPREAD_MS);
    sockets[1]?.hello();

    expect(client.state).toBe('closed');
    expect(first.disconnects).toBe(1);
    expect(clock.timers).toBe(0);
  }
});

test('subscriptions are asked for at the new hub from where they stand, and hear the old one no more', () => {
  const { client, first, second, clock, goaway } = drained();
  const subscription = client.subscribe('live');
  first.reply('subscribe', subscribed({ epoch: 'e1', offset: 0 }));
  const heard = listen(subscription);
  first.stream('cast', cast(items(1, 2)));
  void outcome(client.predict(ROW));
  goaway();
  clock.advance(SPREAD_MS);
  first.stream('cast', cast(items(3, 3)));

  second().hello();
  first.stream('cast', cast(items(4, 4)));
  second().reply('subscribe', subscribed({ epoch: 'e2', offset: 7 }));
  second().stream('gap', { stream: 'live', epoch: 'e2', reason: 'moved', missed: null });
  second().stream('cast', cast(items(6, 7), 'e2'));
  first.stream('cast', cast(items(5, 5)));
  second().stream('cast', cast(items(8, 8), 'e2'));

  expect(second().payloads('subscribe')).toEqual([
    { stream: 'live', mode: 'all', position: { epoch: 'e1', offset: 3 } },
  ]);
  expect(heard).toEqual(['1', '2', '3', 'gap moved null', '6', '7', '8']);
  expect(subscription.stats).toMatchObject({ received: 6, gaps: 1, repeats: 0 });
});

test('a subscription that the old hub has yet to confirm, or that is closed on the way, takes no harm', () => {
  const { client, first, second } = trying();
  const kept = client.subscribe('kept');
  const closed = client.subscribe('closed');
  const stale = first.takeReply('subscribe');
  second.hello();
  closed.close();
  stale?.({ error: { code: 'STREAM_CONFLICT', message: 'no' } });
  second.reply('subscribe', { ...subscribed(), stream: 'kept' });

  expect(kept.state).toBe('waiting');
  expect(second.payloads('subscribe')).toMatchObject([{ stream: 'kept' }, { stream: 'closed' }]);
  expect(second.payloads('unsubscribe')).toEqual([{ stream: 'closed' }]);
});

test('the watch moves, and a question is answered by whichever hub is first', async () => {
  const { client, first, second } = trying();
  client.watch(() => {});
  const early = client.streams();
  second.hello();
  const [atOld, atNew] = [first.takeReply('streams'), second.takeReply('streams')];
  atOld?.({ streams: [] });
  atNew?.({ error: { code: 'INTERNAL', message: 'late' } });

  expect(second.payloads('watch')).toEqual([{ on: true }]);
  expect(await early).toEqual([]);
});

test('ready() resolves at once during the move', async () => {
  const { client } = trying();

  expect(await client.ready()).toEqual(hello());
});
