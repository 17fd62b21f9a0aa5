import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { expect, test } from 'vitest';
import type { CastFrame, Unsubscribed } from '../../shared/index.js';
import { startTestApp, startTestProcess } from '../support/app.js';
import { RawSocket } from '../support/raw-socket.js';
import { writeLinear, writeMlp } from '../support/tiny-models.js';
import { until } from '../support/until.js';

async function writeBoth(folder: string): Promise<void> {
  await writeLinear(join(folder, 'linear/1'));
  await writeMlp(join(folder, 'mlp/1'), [4, 3]);
}

function ask(socket: Socket, event: string, ...args: unknown[]): Promise<unknown> {
  return socket.timeout(60_000).emitWithAck(event, ...args);
}

const refused = (code: string, message: RegExp): unknown => ({
  error: { code, message: expect.stringMatching(message), retryable: expect.any(Boolean) },
});

test('what cannot be subscribed, paced or published is refused with the reason, and the connection goes on', async () => {
  const hub = await startTestApp({
    models: writeBoth,
    config: { maxStreams: 2, maxSubscriptions: 2, defaultModel: 'linear' },
  });
  const socket = io(hub.url, { transports: ['websocket'], forceNew: true });
  await ask(socket, 'predict', { input: [1], stream: 'a' });
  await ask(socket, 'subscribe', { stream: 'a' });

  expect(await ask(socket, 'subscribe', { stream: 'a', mode: 'sample' })).toEqual(
    refused('ALREADY_SUBSCRIBED', /subscription to "a"/),
  );
  expect(await ask(socket, 'unsubscribe', { stream: 'b' })).toEqual(
    refused('NOT_SUBSCRIBED', /no subscription to "b"/),
  );
  expect(await ask(socket, 'pace', { stream: 'b', paused: true })).toEqual(
    refused('NOT_SUBSCRIBED', /subscribe first/),
  );
  expect(await ask(socket, 'pace', {})).toEqual(refused('INVALID_INPUT', /hidden.*paused/));
  expect(await ask(socket, 'watch', { on: 'yes' })).toEqual(refused('INVALID_INPUT', /on: true/));
  expect(await ask(socket, 'subscribe', { stream: 'a b' })).toEqual(refused('INVALID_INPUT', /stream must be/));
  expect(await ask(socket, 'subscribe', { stream: 'c', maxRate: 1000 })).toEqual(refused('INVALID_INPUT', /maxRate/));
  expect(await ask(socket, 'subscribe')).toEqual(refused('INVALID_INPUT', /expects an object/));
  // One may wait for a stream that does not exist; the number of subscriptions is bounded all the same.
  expect(await ask(socket, 'subscribe', { stream: 'later' })).toEqual({ stream: 'later', mode: 'all' });
  expect(await ask(socket, 'subscribe', { stream: 'more' })).toEqual(refused('TOO_MANY_STREAMS', /2 subscriptions/));

  const other = { model: 'mlp', input: [1, 2, 3, 4], stream: 'a' };
  expect(await ask(socket, 'predict', other)).toMatchObject(
    refused('STREAM_CONFLICT', /carries predictions of linear/) as object,
  );
  const rest = await fetch(`${hub.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(other),
  });
  expect(rest.status).toBe(409);
  await ask(socket, 'predict', { input: [1], stream: 'b' });
  expect(await ask(socket, 'predict', { input: [1], stream: 'c' })).toMatchObject({
    error: { code: 'TOO_MANY_STREAMS', retryable: true, retryAfterMs: expect.any(Number) },
  });
  // A refused request creates no stream, and requests without a stream are unaffected.
  expect(await ask(socket, 'streams')).toMatchObject({
    streams: [
      { stream: 'a', offset: 1 },
      { stream: 'b', offset: 1 },
    ],
  });
  expect(await ask(socket, 'predict', { input: [1] })).toMatchObject({ prediction: [[3]] });
  socket.close();
  await hub.close();
});

test('a viewer that never reads is left out, then cut with its reason, while its neighbour gets every item and its connection lives', async () => {
  const hub = await startTestProcess(
    {
      models: (folder) => writeLinear(folder),
      config: {
        logLevel: 'info',
        maxStreamItems: 5000,
        maxStreamBytes: 1 << 23,
        maxViewerBytes: 65_536,
        slowViewerMs: 1000,
      },
    },
    ['--max-old-space-size=64', '--max-semi-space-size=4'],
  );
  const neighbour = io(hub.url, { transports: ['websocket'], forceNew: true });
  const offsets: number[] = [];
  neighbour.on('cast', ({ items }: CastFrame) => offsets.push(...items.map(({ offset }) => offset)));
  const publisher = io(hub.url, { transports: ['websocket'], forceNew: true });
  const input = Array.from({ length: 500 }, (_, i) => [i]);
  const publish = (): Promise<unknown> => ask(publisher, 'predict', { input, stream: 'talk' });
  await publish();
  await ask(neighbour, 'subscribe', { stream: 'talk', history: 500 });
  const viewer = await RawSocket.open(hub.url);
  viewer.send('427["subscribe",{"stream":"talk","history":0}]');
  await viewer.answer(7);
  for (let i = 0; i < 20; i++) await publish();
  const before = await hub.rss();
  viewer.stopReading();
  let most = 0;
  let published = 21 * 500;
  // The kernel takes several megabytes before the hub notices that nobody reads.
  await until(
    'it is cut',
    async () => {
      await publish();
      published += 500;
      // As fast as the neighbour reads: it runs in this process.
      await until('the neighbour keeps up', () => offsets.length >= published - 1500);
      most = Math.max(most, await hub.rss());
      return hub.log.some(({ msg }) => msg === 'viewer-cut');
    },
    120_000,
  );
  await until('the neighbour has everything', () => offsets.length === published);
  viewer.goOnReading();
  const notice = JSON.parse(
    (await viewer.next((text) => text.startsWith('42["unsubscribed"'))).slice(2),
  )[1] as Unsubscribed;
  viewer.send('428["echo"]');
  await viewer.next((text) => text.startsWith('438['));
  viewer.close();
  neighbour.close();
  publisher.close();
  await hub.close();

  console.log(`cut after ${published} items; RSS at most ${((most - before) / 1e6).toFixed(1)} MB above before`);
  expect(notice).toMatchObject({ stream: 'talk', code: 'SLOW_VIEWER', position: { offset: expect.any(Number) } });
  expect(offsets).toEqual(Array.from({ length: published }, (_, i) => i + 1));
  expect(most - before).toBeLessThan(25e6);
});
