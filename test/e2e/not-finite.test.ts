// Models whose answers contain NaN and infinity for some inputs, through the whole path of an answer.
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, predictOverHttp, type TickcastClient, type TickcastError } from '../../dist/client/index.js';
import type { AggregateFrame, StreamItem, StreamWindow } from '../../shared/index.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { writeReciprocal, writeShares } from '../support/tiny-models.js';
import { until } from '../support/until.js';

let hub: TestApp;
let client: TickcastClient;
beforeAll(async () => {
  hub = await startTestApp({
    models: async (folder) => {
      await writeReciprocal(join(folder, 'reciprocal', '1'));
      await writeShares(join(folder, 'shares', '1'));
    },
    config: { maxBatchRows: 4 },
  });
  client = connect(hub.url);
  await client.ready();
});
afterAll(async () => {
  client.close();
  await hub.close();
});

const errorOf = (answer: Promise<unknown>): Promise<TickcastError> =>
  answer.then(
    (value) => {
      throw new Error(`answered: ${JSON.stringify(value)}`);
    },
    (error: TickcastError) => error,
  );

/** A row without a finite answer, and one with. */
const [BAD, GOOD] = [
  [1, 0],
  [3, 0],
] as const;

test('by SDK, REST and in process: NOT_FINITE, not to be sent again, with output and row', async () => {
  const request = { model: 'shares' } as const;
  const answers = await Promise.all([
    errorOf(client.predict(BAD, request)),
    errorOf(predictOverHttp(hub.url, BAD, request)),
    errorOf(hub.app.hub.predict({ input: BAD, ...request })),
  ]);
  for (const { code, retryable, message } of answers) {
    expect([code, retryable]).toEqual(['NOT_FINITE', false]);
    expect(message).toContain('output "shares" has NaN in row 0 of the answer');
  }
  const body = JSON.stringify({ input: BAD, ...request });
  const reply = await fetch(`${hub.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(reply.status).toBe(422);
  expect(await client.predict(GOOD, request)).toMatchObject({ prediction: [1, 1], label: 'left', score: 1 });
});

test('a request of many rows, run in several batches by a model of two outputs, names each output with its rows', async () => {
  const rows = Array.from({ length: 11 }, (_, row) => {
    if (row === 2 || row === 9) return [1, 0];
    return row === 6 ? [100, 1] : GOOD;
  });
  const { code, message } = await errorOf(client.predict(rows, { model: 'reciprocal' }));
  expect(code).toBe('NOT_FINITE');
  expect(message).toContain('output "inverse" has Infinity in rows 2, 6, 9');
  expect(message).toContain('output "exponentials" has Infinity in row 6');

  const good = await client.predict([GOOD, GOOD, GOOD, GOOD, GOOD], { model: 'reciprocal' });
  expect(good.prediction).toMatchObject({ inverse: Array(5).fill([-0.5, 1]) });
});

test('in a stream it is no item, and windows count it and lose nothing of the others', async () => {
  const [ofItems, ofWindows] = [connect(hub.url), connect(hub.url)];
  const items: StreamItem[] = [];
  const windows: StreamWindow[] = [];
  const missing: string[] = [];
  const all = ofItems.subscribe('odd', { history: 100 });
  all.on('value', (item) => items.push(item));
  const aggregate = ofWindows.subscribe('odd', { mode: 'aggregate', windowMs: 250 });
  aggregate.on('value', (frame) => windows.push(...frame.windows));
  for (const subscription of [all, aggregate]) {
    subscription.on('skipped', ({ count }) => missing.push(`${count} skipped`));
    subscription.on('gap', ({ reason }) => missing.push(reason));
  }
  const stock = io(hub.url, { transports: ['websocket'], forceNew: true });
  const frames: AggregateFrame[] = [];
  stock.on('aggregate', (frame: AggregateFrame) => frames.push(frame));
  const stockReady = new Promise<void>((resolve) => {
    stock.on('connect', () =>
      stock.emit('subscribe', { stream: 'odd', mode: 'aggregate', windowMs: 250 }, () => resolve()),
    );
  });
  await stockReady;
  await until('all are subscribed', () => [all, aggregate].every(({ state }) => state === 'waiting'));

  let errors = 0;
  for (let i = 0; i < 40; i++) {
    const answer = client.predict(i % 4 === 1 ? BAD : GOOD, { model: 'shares', stream: 'odd' });
    await answer.catch(({ code }: TickcastError) => {
      errors += Number(code === 'NOT_FINITE');
    });
    if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 120));
  }
  await errorOf(client.predict([GOOD, BAD, GOOD], { model: 'shares', stream: 'odd' }));
  const sum = (key: 'count' | 'failed', list: readonly StreamWindow[]): number =>
    list.reduce((total, window) => total + window[key], 0);
  const stockWindows = (): StreamWindow[] => frames.flatMap((frame) => frame.windows);
  await until('the windows are there', () => sum('count', windows) + sum('failed', windows) === 43);
  await until('the stock client has them', () => sum('failed', stockWindows()) === 13);

  expect(errors).toBe(10);
  expect(items.map(({ offset }) => offset)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect([sum('count', windows), sum('failed', windows)]).toEqual([30, 13]);
  expect([sum('count', stockWindows()), sum('failed', stockWindows())]).toEqual([30, 13]);
  for (const { count, labels } of windows) {
    if (count > 0) expect(labels).toEqual({ left: { count, mean: 1 }, right: { count: 0, mean: 1 } });
  }
  expect(JSON.stringify([frames, items])).not.toContain('null');
  expect(missing).toEqual([]);
  for (const one of [ofItems, ofWindows]) one.close();
  stock.disconnect();
});

test('it is counted by its code', async () => {
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  const counted = [
    ...metrics.matchAll(/^tickcast_requests_total\{.*model="shares".*outcome="NOT_FINITE".*\} (\d+)$/gm),
  ];
  expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(4 + 11);
});
