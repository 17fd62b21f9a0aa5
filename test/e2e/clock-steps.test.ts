// A hub whose wall clock is set while it runs: -3 s, -1 h, +2 h, and back again each time.
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type HubStatus, isTickcastError, type TickcastClient } from '../../dist/client/index.js';
import type { AggregateFrame, CastFrame, StreamItem, StreamWindow } from '../../shared/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';
import { WallClock, wallClockLack } from '../support/wall-clock.js';

if (wallClockLack !== undefined && process.env.CI !== undefined) throw new Error(wallClockLack);
if (wallClockLack !== undefined) console.warn(`skipped: ${wallClockLack}`);

const STEPS = [
  ['3 s back', -3],
  ['an hour back', -3600],
  ['two hours forward', 7200],
] as const;
/** Several times what is published meanwhile takes: a busy machine is slow. */
const IDLE_MS = 6000;
const PER_SECOND = 100;
const WINDOW_MS = 250;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything that viewers of one stream saw, by the SDK and by a stock client, of items and of windows. */
class Viewers {
  readonly items: StreamItem[] = [];
  readonly windows: StreamWindow[] = [];
  readonly stockItems: StreamItem[] = [];
  readonly stockWindows: StreamWindow[] = [];
  /** What the SDK reported as missing. */
  readonly missing: string[] = [];
  /** One per mode: a connection has one subscription per stream. */
  readonly #clients: readonly TickcastClient[];
  readonly #stock: readonly Socket[];
  #subscribed = 0;

  private constructor(url: string, stream: string) {
    const [ofItems, ofWindows] = [connect(url), connect(url)];
    this.#clients = [ofItems, ofWindows];
    const items = ofItems.subscribe(stream, { mode: 'all', history: 1000 });
    items.on('value', (item) => this.items.push(item));
    const windows = ofWindows.subscribe(stream, { mode: 'aggregate', windowMs: WINDOW_MS, history: 300 });
    windows.on('value', (frame) => this.windows.push(...frame.windows));
    for (const subscription of [items, windows]) {
      subscription.on('state', ({ state }) => {
        if (state !== 'connecting') this.#subscribed += 1;
      });
      subscription.on('skipped', ({ count }) => this.missing.push(`${count} ${subscription.mode} skipped`));
      subscription.on('gap', ({ reason }) => this.missing.push(`${subscription.mode} gap: ${reason}`));
    }
    this.#stock = [{ mode: 'all' }, { mode: 'aggregate', windowMs: WINDOW_MS }].map((request) => {
      const socket = io(url, { transports: ['websocket'], forceNew: true });
      socket.on('connect', () => {
        socket.emit('subscribe', { stream, history: 300, ...request }, () => {
          this.#subscribed += 1;
        });
      });
      socket.on('cast', (frame: CastFrame) => this.stockItems.push(...frame.items));
      socket.on('aggregate', (frame: AggregateFrame) => this.stockWindows.push(...frame.windows));
      return socket;
    });
  }

  /** Resolves when all are subscribed. */
  static async open(url: string, stream: string): Promise<Viewers> {
    const viewers = new Viewers(url, stream);
    await until('all are subscribed', () => viewers.#subscribed >= 4);
    return viewers;
  }

  close(): void {
    for (const client of this.#clients) client.close();
    for (const socket of this.#stock) socket.disconnect();
  }
}

const countOf = (windows: readonly StreamWindow[]): number => windows.reduce((sum, { count }) => sum + count, 0);

describe.skipIf(wallClockLack !== undefined)('a hub whose wall clock is set', () => {
  let clock: WallClock;
  let hub: TestProcess;
  let publisher: TickcastClient;
  beforeAll(async () => {
    clock = await WallClock.open();
    hub = await startTestProcess(
      {
        models: (folder) => writeLinear(folder),
        config: { streamIdleMs: IDLE_MS, requestsPerSecond: PER_SECOND, logLevel: 'info' },
      },
      [],
      clock.wrapper,
    );
    publisher = connect(hub.url);
    await publisher.ready();
  });
  afterAll(async () => {
    publisher.close();
    expect(await hub.close()).toBe(0);
    await clock.close();
  });

  const expired = (stream: string): boolean =>
    hub.log.some(({ msg, stream: name }) => msg === 'stream-expired' && name === stream);

  /** Publishes for a while, at a steady pace; returns the number. */
  async function publish(stream: string, count: number): Promise<number> {
    for (let x = 0; x < count; x++) {
      await publisher.predict([x], { stream });
      await pause(40);
    }
    return count;
  }

  test.each(STEPS)(
    '%s: viewers see all that was published, once and in order, and rates and idle times hold',
    async (_, step) => {
      const stream = `steps${step}`;
      const lonely = `lonely${step}`;
      const viewers = await Viewers.open(hub.url, stream);
      const statuses: HubStatus[] = [];
      const stopWatch = publisher.watch((status) => statuses.push(status));
      let published = await publish(stream, 25);
      await publisher.predict([0], { stream: lonely });
      await clock.set(step);
      published += await publish(stream, 40);
      // It has no viewers, and has been idle for less than the limit: twice the interval between checks.
      expect(expired(lonely)).toBe(false);
      expect((await publisher.streams()).map(({ stream: name }) => name)).toContain(lonely);
      await clock.set(0);
      published += await publish(stream, 25);
      await until('it expires in its time', () => expired(lonely));
      await until('the last window is there', () => viewers.stockWindows.at(-1)?.offset === published);
      await until('the SDK has all windows', () => viewers.windows.at(-1)?.offset === published);
      stopWatch();

      expect(published).toBe(90);
      const offsets = Array.from({ length: published }, (_, i) => i + 1);
      for (const items of [viewers.items, viewers.stockItems]) {
        expect(items.map(({ offset }) => offset)).toEqual(offsets);
        const times = items.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
      for (const windows of [viewers.windows, viewers.stockWindows]) {
        expect(countOf(windows)).toBe(published);
        const starts = windows.map(({ at }) => at);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
      }
      expect(viewers.windows.map(({ offset }) => offset)).toEqual(viewers.stockWindows.map(({ offset }) => offset));
      expect(viewers.missing).toEqual([]);

      // What the hub kept, for newcomers.
      const past = (await (await fetch(`${hub.url}/streams/${stream}/windows?windowMs=10000`)).json()) as {
        windows: StreamWindow[];
      };
      const late = await Viewers.open(hub.url, stream);
      await until('a late viewer has all items', () => late.items.length === published);
      await until('a late viewer has what is past', () => late.windows.length > 0);
      expect(late.missing).toEqual([]);
      expect(countOf(past.windows)).toBeLessThanOrEqual(published);

      // Once a second, with about the actual number of predictions: never those of an hour in a second, or none.
      const rates = statuses.slice(2).map(({ predictionsPerSecond }) => predictionsPerSecond);
      expect(Math.max(...rates)).toBeLessThan(100);
      expect(statuses.map(({ at }) => at)).toEqual(statuses.map(({ at }) => at).sort((a, b) => a - b));
      late.close();
      viewers.close();
    },
  );

  test('limits a second go by seconds that pass: a step neither fills nor empties an allowance', async () => {
    const client = connect(hub.url);
    await client.ready();
    /** How many requests of a burst are accepted. */
    const burst = async (): Promise<number> => {
      const answers = await client.predictMany(Array.from({ length: 2 * PER_SECOND }, (_, x) => [x]));
      for (const answer of answers) {
        if (!answer.ok && (!isTickcastError(answer.error) || answer.error.code !== 'RATE_LIMITED')) throw answer.error;
      }
      return answers.filter(({ ok }) => ok).length;
    };
    const startedAt = performance.now();
    const first = await burst();
    await clock.set(7200);
    const forward = await burst();
    const seconds = (performance.now() - startedAt) / 1000;
    await clock.set(-3600);
    await pause(1100);
    const afterPause = await burst();
    await clock.set(0);
    client.close();

    expect(first).toBeGreaterThanOrEqual(PER_SECOND);
    expect(first + forward).toBeLessThanOrEqual(PER_SECOND * (1 + seconds) + 1);
    expect(afterPause).toBeGreaterThanOrEqual(PER_SECOND);
  });

  test('log lines tell the wall clock', async () => {
    const before = hub.log.length;
    await clock.set(7200);
    const client = connect(hub.url);
    await client.ready();
    await client.predict([1], { stream: 'logged' });
    client.close();
    await until('it is logged', () => hub.log.slice(before).some(({ msg }) => msg === 'stream-opened'));
    await clock.set(0);

    const line = hub.log.slice(before).find(({ msg }) => msg === 'stream-opened');
    const ahead = new Date(line?.time as string | number).getTime() - Date.now();
    expect(ahead).toBeGreaterThan(7_100_000);
  });
});
