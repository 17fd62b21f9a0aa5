import { io, type Socket } from 'socket.io-client';
import { expect, test } from 'vitest';
import { connect } from '../../client/index.js';
import { startTestProcess } from '../support/app.js';
import { type Besieged, besiege } from '../support/hostile.js';
import { times } from '../support/long-form.js';
import { RawSocket } from '../support/raw-socket.js';
import { writeWide } from '../support/tiny-models.js';
import { until } from '../support/until.js';

/** Values of one answer: about 3.9 MB as JSON. */
const WIDTH = 200_000;
/** Answers that one connection waits for at a time. */
const EACH = times(3, 2);

function isRight(answer: unknown, x: number): boolean {
  const row = (answer as { prediction?: number[][] }).prediction?.[0];
  return row?.length === WIDTH && row.every((value) => Math.abs(value - x * 0.1234567) < 1e-3);
}

test('sixteen connections that read get answers of four megabytes, several at a time, and none is cut', async () => {
  const hub = await startTestProcess({
    models: (folder) => writeWide(folder, WIDTH, 0.1234567),
    config: { logLevel: 'info' },
  });
  const drops: string[] = [];
  const sockets: Socket[] = Array.from({ length: 16 }, (_, i) =>
    io(hub.url, { transports: [i % 4 === 0 ? 'polling' : 'websocket'], forceNew: true, reconnection: false }),
  );
  for (const socket of sockets) socket.on('disconnect', (reason) => drops.push(reason));
  await until('they connect', () => sockets.every(({ connected }) => connected));
  const answers = await Promise.all(
    sockets.flatMap((socket, i) =>
      Array.from({ length: EACH }, async (_, j) => {
        const x = i * EACH + j;
        const answer: unknown = await socket.timeout(60_000).emitWithAck('predict', { input: [x], timeoutMs: 60_000 });
        return isRight(answer, x);
      }),
    ),
  );
  const client = connect(hub.url);
  const last = await client.predict([7], { timeoutMs: 60_000 });

  expect(answers).toEqual(Array(16 * EACH).fill(true));
  expect(isRight(last, 7)).toBe(true);
  expect(drops).toEqual([]);
  client.close();
  for (const socket of sockets) socket.close();
  expect(await hub.close()).toBe(0);
  expect(hub.log.filter(({ msg }) => msg === 'connection cut')).toEqual([]);
});

test('a client that takes its answers slowly keeps its connection; one that takes nothing is cut after ten seconds', async () => {
  const siege: Besieged = await besiege(false);
  const open = async (): Promise<RawSocket> => {
    const socket = await RawSocket.open(siege.hub.url);
    socket.stopReading();
    return socket;
  };
  const [slow, dead] = [await open(), await open()];
  // Long answers: the kernel's buffers take megabytes before anything waits in the hub.
  const ask = `42["predict",{"timing":false,"input":[${Array(1000).fill(1.5).join()}]}]`;
  const filling = setInterval(() => {
    for (const socket of [slow, dead]) if (socket.backlog < 65_536) for (let i = 0; i < 20; i++) socket.send(ask);
  }, 5);
  const sipping = setInterval(() => {
    slow.goOnReading();
    setTimeout(() => slow.stopReading(), 20);
  }, 500);
  await until('the one that takes nothing is cut', () => dead.closed, 60_000);
  clearInterval(filling);
  expect(slow.closed).toBe(false);
  clearInterval(sipping);
  slow.goOnReading();
  // What it has been sent until then is megabytes.
  const catchesUp = async (): Promise<boolean> => {
    slow.send('427["echo"]');
    return slow.messages.some((text) => text.startsWith('437['));
  };
  await until('the slow one catches up', catchesUp, 120_000);
  expect(siege.faults).toEqual([]);
  slow.close();
  await siege.close();
  expect(siege.hub.log.filter(({ kind }) => kind === 'slow')).toHaveLength(1);
});
