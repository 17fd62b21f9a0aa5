/** A hub that drains while others run, as its clients see it. */

import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../dist/client/index.js';
import type { Config } from '../../dist/server/config/config.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { times } from '../support/long-form.js';
import { frame, RawSocket } from '../support/raw-socket.js';
import { writeLinear } from '../support/tiny-models.js';
import { until, within } from '../support/until.js';

const IDLE = times(500, 200);
const REPLACED = times(3, 2);

function startHub(config: Partial<Config> = {}): Promise<TestProcess> {
  return startTestProcess({ models: (folder) => writeLinear(folder), config: { logLevel: 'info', ...config } });
}

/** A balancer in front of two alternating hubs, which sends every new connection to the current one. */
async function startPair(config: Partial<Config>) {
  let hub = await startHub(config);
  const balancer = await CuttingProxy.open(portOf(hub));
  onTestFinished(() => balancer.close());
  const replace = async (): Promise<Record<string, unknown>> => {
    const [old, next] = [hub, await startHub(config)];
    hub = next;
    const over = old.close();
    balancer.target = portOf(next);
    const code = await over;
    return { code, ...old.log.find(({ msg }) => msg === 'drained') };
  };
  const close = async (): Promise<void> => {
    await hub.close();
  };
  return { url: balancer.url, replace, close };
}

function portOf(hub: TestProcess): number {
  return Number(new URL(hub.url).port);
}

function plainClient(url: string, transports: string[]): Socket {
  const socket = io(url, { transports, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200 });
  onTestFinished(() => {
    socket.close();
  });
  return socket;
}

test('SDK clients move to another hub while theirs drains: no call fails, none is computed twice, and they stay connected', async () => {
  const { url, replace, close } = await startPair({ drainDelayMs: 1000, graceMs: 30_000 });
  const clients = Array.from({ length: 4 }, () => connect(url));
  const states: string[] = [];
  let hellos = 0;
  for (const client of clients) {
    await client.ready();
    client.on('state', ({ state }) => states.push(state));
    client.on('hello', () => {
      hellos += 1;
    });
  }
  const stop = new AbortController();
  const wrong: unknown[] = [];
  let answered = 0;
  const calls = clients.flatMap((client) =>
    Array.from({ length: 4 }, async () => {
      while (!stop.signal.aborted) {
        const x = Math.round(Math.random() * 1000);
        const answer = await client.predict([x]).catch((error: unknown) => ({ prediction: error }));
        if (JSON.stringify(answer.prediction) === JSON.stringify([[2 * x + 1]])) answered += 1;
        else wrong.push({ x, ...answer });
        // Steady, and not all that a core gives: other files run beside this one.
        await delay(5);
      }
    }),
  );
  const reports: Record<string, unknown>[] = [];
  for (let i = 0; i < REPLACED; i++) {
    const before = answered;
    await until('predictions come', () => answered > before + 200);
    reports.push(await replace());
  }
  stop.abort();
  await within('all calls settle', Promise.all(calls));
  expect(states).toEqual([]);
  for (const client of clients) client.close();
  await close();

  expect(wrong).toEqual([]);
  expect(hellos).toBe(REPLACED * clients.length);
  for (const report of reports) expect(report).toMatchObject({ code: 0, abandoned: 0, refused: 0 });
  expect(reports.map(({ accepted, settled }) => Number(accepted) - Number(settled))).toEqual(Array(REPLACED).fill(0));
});

test.each([
  ['websocket', ['websocket']],
  ['polling', ['polling']],
  ['polling, then websocket', ['polling', 'websocket']],
])(
  'a plain client (%s) loses its connection once, without an error, and connects again by itself',
  async (_how, transports) => {
    const { url, replace, close } = await startPair({ graceMs: 8000 });
    const socket = plainClient(url, transports);
    await until('it connects', () => socket.connected);
    const disconnects: string[] = [];
    const errors: unknown[] = [];
    socket.on('disconnect', (reason) => disconnects.push(reason));
    socket.on('prediction_error', (error: unknown) => errors.push(error));
    const answers = new Map<string, unknown>();
    socket.on('prediction', ({ id, prediction }: { id: string; prediction: unknown }) => answers.set(id, prediction));
    const stop = new AbortController();
    let asked = 0;
    // Asks, waits for the answer, asks again when the connection was lost, and pauses.
    const loop = (async () => {
      while (!stop.signal.aborted) {
        const id = String(asked++);
        // Socket.IO buffers what is emitted while disconnected, and sends it on the next connection.
        let isKept = false;
        const ask = (): void => {
          socket.emit('predict', { id, input: [Number(id)] });
          isKept = socket.sendBuffer.length > 0;
        };
        const again = (): void => {
          if (!isKept && !answers.has(id)) ask();
          isKept = false;
        };
        ask();
        socket.on('connect', again);
        await until(`${id} is answered`, () => answers.has(id));
        socket.off('connect', again);
        await delay(Math.random() * 30);
      }
    })();
    await until('predictions come', () => answers.size > 20);
    const report = await replace();
    const before = answers.size;
    await until('predictions go on', () => answers.size > before + 20);
    stop.abort();
    await loop;
    socket.close();
    await close();

    expect(errors).toEqual([]);
    expect(disconnects.slice(0, -1)).toEqual([expect.stringMatching(/^transport (close|error)$/)]);
    expect(
      [...answers].filter(([id, value]) => JSON.stringify(value) !== JSON.stringify([[2 * Number(id) + 1]])),
    ).toEqual([]);
    expect(report).toMatchObject({ code: 0, abandoned: 0, refused: 0 });
  },
);

test('a plain client that never pauses is answered up to the last, and gets no error', async () => {
  const { url, replace, close } = await startPair({ graceMs: 8000 });
  const socket = plainClient(url, ['websocket']);
  await until('it connects', () => socket.connected);
  const errors: unknown[] = [];
  let [asked, answered] = [0, 0];
  const answeredAtDisconnect: number[] = [];
  socket.on('prediction_error', (error: unknown) => errors.push(error));
  socket.on('prediction', () => {
    answered += 1;
  });
  socket.on('disconnect', () => answeredAtDisconnect.push(answered));
  const timer = setInterval(() => {
    if (!socket.connected) return;
    for (let i = 0; i < 10; i++) socket.emit('predict', { input: [asked++] });
  }, 5);
  onTestFinished(() => clearInterval(timer));
  await until('predictions come', () => answered > 200);
  const report = await replace();
  await until('predictions go on', () => answered > Number(report.settled) + 200);
  expect(answeredAtDisconnect).toEqual([report.accepted]);
  clearInterval(timer);
  socket.close();
  await close();

  expect(errors).toEqual([]);
  expect(report).toMatchObject({ code: 0, abandoned: 0, refused: 0, settled: report.accepted });
});

test('hundreds of idle clients leave one after the other, and would come back', async () => {
  const hub = await startHub({ graceMs: 8000 });
  const sockets = Array.from({ length: IDLE }, (_, index) =>
    io(hub.url, {
      transports: [index % 10 === 0 ? 'polling' : 'websocket'],
      forceNew: true,
      reconnectionDelay: 60_000,
    }),
  );
  onTestFinished(() => {
    for (const socket of sockets) socket.close();
  });
  await until('all connect', () => sockets.every(({ connected }) => connected), 60_000);
  // A turn of this process: those who were told at once are seen to leave in one.
  let turn = 0;
  const turning = setInterval(() => {
    turn += 1;
  }, 5);
  onTestFinished(() => clearInterval(turning));
  const left: number[] = [];
  const reasons = new Set<string>();
  for (const socket of sockets) {
    socket.on('disconnect', (reason) => {
      left.push(turn);
      reasons.add(`${reason}, ${socket.active ? 'comes back' : 'stays away'}`);
    });
  }
  const code = await hub.close();
  await until('all have noticed', () => left.length === sockets.length);

  const most = Math.max(...left.map((at) => left.filter((other) => other === at).length));
  console.log(`${IDLE} left in ${new Set(left).size} turns, at most ${most} in one`);
  expect(code).toBe(0);
  expect([...reasons]).toEqual(['transport close, comes back']);
  expect(new Set(left).size).toBeGreaterThan(10);
  expect(most).toBeLessThan(IDLE / 2);
});

test('clients that hang, never take their leave or send half a request do not hold the hub up', async () => {
  const hub = await startHub({ graceMs: 60_000 });
  const hung = await RawSocket.open(hub.url);
  hung.stopReading();
  const deaf = await RawSocket.open(hub.url, null);
  const half = request(`${hub.url}/predict`, { method: 'POST', headers: { 'content-length': '100' } });
  half.on('error', () => undefined);
  half.write('{"input"');
  hung.bytes(frame('42["predict",{"input":[1]}]'));
  await delay(100);

  // Ended by force it would have no exit code, and that is before its grace is over.
  expect(await hub.close()).toBe(0);
  expect(deaf.closed).toBe(true);
  half.destroy();
});

test('a draining hub sends new connections elsewhere, and serves on those it has and REST', async () => {
  const hub = await startHub({ drainDelayMs: 60_000 });
  const socket = plainClient(hub.url, ['websocket']);
  let notice: unknown;
  socket.on('goaway', (goaway: unknown) => {
    notice = goaway;
  });
  await until('it connects', () => socket.connected);
  hub.child.kill('SIGTERM');
  await until('it drains', async () => (await fetch(`${hub.url}/readyz`)).status === 503);

  const poll = await fetch(`${hub.url}/socket.io/?EIO=4&transport=polling`);
  expect([poll.status, poll.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await poll.json()).toMatchObject({ error: { code: 'DRAINING' } });
  expect(await upgradeStatus(hub.url)).toBe(503);
  const answer = await fetch(`${hub.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":[1]}',
  });
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await socket.timeout(60_000).emitWithAck('predict', { input: [4] })).toMatchObject({ prediction: [[9]] });
  expect(notice).toEqual({ reason: 'draining', graceMs: 60_000 });

  // Not one that is repeated immediately, as by npm and timeout.
  await delay(150);
  expect(await hub.close()).toBe(1);
});

test('a poll for a connection of another hub is answered 404, so that a balancer looks for that one', async () => {
  const hub = await startHub();
  const poll = await fetch(`${hub.url}/socket.io/?EIO=4&transport=polling&sid=elsewhere`);

  expect(poll.status).toBe(404);
  await hub.close();
});

/** The status with which a WebSocket handshake is refused. */
function upgradeStatus(url: string): Promise<number | undefined> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/socket.io/?EIO=4&transport=websocket`, { headers });
    asked.on('response', (response) => resolve(response.statusCode));
    asked.on('upgrade', () => reject(new Error('it was let in')));
    asked.on('error', reject);
    asked.end();
  });
}
