import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import { connect, isTickcastError, type TickcastClient } from '../../client/index.js';
import type { AggregateFrame, CastFrame, StreamItem, Subscribed } from '../../shared/index.js';
import { startTestApp, startTestProcess, type TestProcess } from '../support/app.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { times } from '../support/long-form.js';
import { Random } from '../support/random.js';
import { StreamRecord } from '../support/stream-record.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const FAST = { reconnectMinMs: 20, reconnectMaxMs: 200 } as const;

/**
 * A viewer in mode `all` that records what it sees. `history` is everything, so that a new epoch is seen from its
 * start.
 */
function record(client: TickcastClient, stream: string): StreamRecord {
  const seen = new StreamRecord();
  const subscription = client.subscribe(stream, { mode: 'all', history: 1000 });
  subscription.on('value', (item: StreamItem) => seen.item(item, subscription.position?.epoch ?? ''));
  subscription.on('gap', (gap) => seen.gap(gap));
  return seen;
}

/** Publishes one after the other, each answered, until stopped; returns the number. */
async function publish(client: TickcastClient, stream: string, go: () => boolean, everyMs: number): Promise<number> {
  let answered = 0;
  for (let x = 0; go(); x++) {
    try {
      await client.predict([x % 100], { stream, timeoutMs: 30_000 });
      answered += 1;
    } catch (error) {
      // A draining hub says so.
      if (!isTickcastError(error) || error.code !== 'DRAINING') throw error;
    }
    if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return answered;
}

const CUTS = 100;
const RESTARTS = times(10, 4);

test('over many disconnects twenty viewers see every offset once, or a gap of exactly what they missed', async () => {
  const hub = await startTestApp({
    models: (folder) => writeLinear(folder),
    // A small ring, so that a long absence misses something.
    config: { maxStreamItems: 20 },
  });
  const publisher = connect(hub.url);
  const proxies = await Promise.all(Array.from({ length: 20 }, () => CuttingProxy.open(hub.app.address.port)));
  // Some return immediately, some so late that the ring has moved on.
  const clients = proxies.map(({ url }, i) =>
    connect(url, i % 10 > 0 ? FAST : { reconnectMinMs: 1500, reconnectMaxMs: 1500 }),
  );
  const records = clients.map((client) => record(client, 'talk'));
  await Promise.all(clients.map((client) => client.ready()));
  let running = true;
  const publishing = publish(publisher, 'talk', () => running, 1);
  const random = new Random(4);
  for (let cut = 0; cut < CUTS; cut++) {
    const proxy = proxies[random.below(proxies.length)];
    await until('it is connected', () => (proxy?.size ?? 0) > 0);
    proxy?.cut();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  running = false;
  const published = await publishing;
  const complete = (seen: StreamRecord): boolean => seen.items.at(-1)?.offset === published;
  await until('every viewer has the last item', () => records.every(complete), 60_000);
  for (const client of [publisher, ...clients]) client.close();
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await hub.close();

  for (const seen of records) {
    expect(seen.problems()).toEqual([]);
    expect((seen.items[0]?.offset ?? 0) - 1 + seen.items.length + seen.missed).toBe(published);
    expect(seen.gaps.every(({ reason }) => reason === 'evicted')).toBe(true);
  }
  const missed = records.reduce((sum, seen) => sum + seen.missed, 0);
  console.log(`${published} items, 20 viewers, ${CUTS} disconnects, ${missed} items covered by gaps`);
  // Both kinds of return occurred.
  expect(missed).toBeGreaterThan(0);
  expect(records.some((seen) => seen.missed === 0)).toBe(true);
});

test('over several restarts of the hub each viewer is told of each, sees every offset of each life once, and no request twice', async () => {
  const port = await freePort();
  const start = (): Promise<TestProcess> =>
    startTestProcess({ models: (folder) => writeLinear(folder), config: { port } });
  let hub = await start();
  const publisher = connect(hub.url, FAST);
  const clients = Array.from({ length: 20 }, () => connect(hub.url, FAST));
  const records = clients.map((client) => record(client, 'talk'));
  await Promise.all(clients.map((client) => client.ready()));
  let running = true;
  const publishing = publish(publisher, 'talk', () => running, 2);
  for (let restart = 0; restart < RESTARTS; restart++) {
    const before = records.map(({ items }) => items.length);
    await until('all see it live', () => records.every(({ items }, i) => items.length > (before[i] ?? 0) + 20));
    if (restart % 2 === 0) {
      const gone = new Promise((resolve) => hub.child.once('exit', resolve));
      hub.child.kill('SIGKILL');
      await gone;
    } else await hub.close();
    hub = await start();
  }
  const before = records.map(({ items }) => items.length);
  await until('all see it live', () => records.every(({ items }, i) => items.length > (before[i] ?? 0) + 20));
  running = false;
  await publishing;
  const last = await publisher.streams();
  await until('every viewer has the last item', () =>
    records.every((seen) => seen.items.at(-1)?.offset === last[0]?.offset),
  );
  for (const client of [publisher, ...clients]) client.close();
  await hub.close();

  for (const seen of records) {
    expect(seen.problems()).toEqual([]);
    expect(seen.gaps.filter(({ reason }) => reason === 'restarted')).toHaveLength(RESTARTS);
    expect(seen.gaps).toHaveLength(RESTARTS);
  }
});

test('a plain client publishes, views, and asks for what there is, by the protocol alone', async () => {
  const hub = await startTestApp({ models: (folder) => writeLinear(folder) });
  const socket = io(hub.url, { transports: ['websocket'], forceNew: true });
  const frames: CastFrame[] = [];
  const windows: AggregateFrame[] = [];
  socket.on('cast', (frame: CastFrame) => frames.push(frame));
  const other = io(hub.url, { transports: ['polling'], forceNew: true });
  other.on('aggregate', (frame: AggregateFrame) => windows.push(frame));

  // Before there is anything to count: a closed window is not sent again.
  await other.timeout(60_000).emitWithAck('subscribe', { stream: 'numbers', mode: 'aggregate', windowMs: 250 });
  await socket.timeout(60_000).emitWithAck('predict', { input: [1], stream: 'numbers', id: 'first' });
  const subscribed: Subscribed = await socket.timeout(60_000).emitWithAck('subscribe', { stream: 'numbers' });
  await fetch(`${hub.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: [[2], [3]], stream: 'numbers' }),
  });
  await until('three items came', () => frames.flatMap(({ items }) => items).length === 3);
  const counted = (): number => windows.flatMap((frame) => frame.windows).reduce((sum, { count }) => sum + count, 0);
  await until('windows have all three', () => counted() === 3);
  const listed = await (await fetch(`${hub.url}/streams`)).json();
  const asked = await socket.timeout(60_000).emitWithAck('streams');
  const status = new Promise((resolve) => socket.once('status', resolve));
  await socket.timeout(60_000).emitWithAck('watch', { on: true });
  const told = await status;
  await socket.timeout(60_000).emitWithAck('unsubscribe', { stream: 'numbers' });
  const past = await (await fetch(`${hub.url}/streams/numbers/windows?windowMs=1000`)).json();
  const missing = await fetch(`${hub.url}/streams/none/windows`);
  const echo = await socket.timeout(60_000).emitWithAck('echo');
  socket.close();
  other.close();
  await hub.close();

  const items = frames.flatMap((frame) => frame.items);
  expect(subscribed).toMatchObject({ stream: 'numbers', mode: 'all', position: { offset: 0 } });
  expect(items.map(({ offset, id, row, prediction }) => ({ offset, id, row, prediction }))).toEqual([
    { offset: 1, id: undefined, row: 0, prediction: [3] },
    { offset: 2, id: undefined, row: 0, prediction: [5] },
    { offset: 3, id: undefined, row: 1, prediction: [7] },
  ]);
  expect(items[0]?.from).not.toBe(items[1]?.from);
  expect(counted()).toBe(3);
  expect(listed).toMatchObject({ streams: [{ stream: 'numbers', offset: 3, viewers: 2 }] });
  expect(asked).toMatchObject({ streams: [{ stream: 'numbers' }] });
  expect(told).toMatchObject({ state: 'ready', connections: 2, viewers: 2, streams: [{ stream: 'numbers' }] });
  expect(past).toMatchObject({ stream: 'numbers', windowMs: 1000 });
  expect(missing.status).toBe(404);
  expect((echo as { at: number }).at).toBeGreaterThan(1.7e12);
});

test('a session is a secret: what viewers see of a publisher does not tell it', async () => {
  const hub = await startTestApp({ models: (folder) => writeLinear(folder) });
  const session = 'a-secret-session-of-mine';
  const publisher = io(hub.url, { transports: ['websocket'], forceNew: true, auth: { protocol: 1, session } });
  const again = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    auth: { protocol: 1, session: `${session}2` },
  });
  const viewer = connect(hub.url);
  const seen = record(viewer, 'talk');
  await viewer.ready();
  await publisher.timeout(60_000).emitWithAck('predict', { input: [1], id: 1, stream: 'talk' });
  await again.timeout(60_000).emitWithAck('predict', { input: [1], id: 1, stream: 'talk' });
  await until('both came', () => seen.items.length === 2);
  for (const client of [publisher, again, viewer]) client.close();
  await hub.close();

  expect(JSON.stringify(seen.items)).not.toContain(session);
  expect(seen.items[0]?.from).not.toBe(seen.items[1]?.from);
});

const COUNT = 9000;

test('a loop that is slow holds the hub back instead of losing items', async () => {
  // A separate process: in the hub's own, the client would seem not to read. Nor must it when the machine is busy.
  const hub = await startTestProcess({
    models: (folder) => writeLinear(folder),
    config: { maxStreamItems: 10_000, maxStreamBytes: 1 << 26, maxViewerBytes: 1 << 24, maxOutboxBytes: 1 << 25 },
  });
  const client = connect(hub.url);
  const subscription = client.subscribe('talk', { mode: 'all', maxBuffered: 5000 });
  await client.ready();
  // In parts: a viewer with a full connection is another case.
  const publishing = (async () => {
    const part = Array.from({ length: 200 }, (_, x) => [x % 10]);
    for (let sent = 0; sent < COUNT; sent += part.length) await client.predictMany(part, { stream: 'talk' });
  })();
  const offsets: number[] = [];
  let most = 0;
  for await (const { offset } of subscription) {
    offsets.push(offset);
    // However fast the machine publishes: the buffer reaches the level at which the hub is asked to pause.
    if (offset === 1) await until('the buffer is half full', () => subscription.stats.buffered >= 2500);
    most = Math.max(most, subscription.stats.buffered);
    if (offsets.length % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    if (offset === COUNT) break;
  }
  await publishing;
  client.close();
  await hub.close();

  const { gaps, skipped } = subscription.stats;
  console.log(`${COUNT} items through a buffer of 5,000: at most ${most} waiting, ${gaps} gaps, ${skipped} skipped`);
  expect(most).toBeLessThanOrEqual(5000);
  expect(most).toBeGreaterThanOrEqual(2500);
  expect(offsets).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));
});
