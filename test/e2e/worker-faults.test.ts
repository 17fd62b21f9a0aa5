import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULT, faultRuntimeModule } from '../../dist/server/testing/index.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { times } from '../support/long-form.js';
import { writeJson } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const TIMES = times(20, 8);
const NEIGHBOURS = 12;

interface Answer {
  readonly prediction?: readonly number[];
  readonly error?: { readonly code: string };
}

let hub: TestApp;
let sockets: Socket[] = [];

beforeAll(async () => {
  hub = await startTestApp({
    models: async (folder) => {
      await writeJson(`${folder}/model.json`, {});
      await writeJson(`${folder}/manifest.json`, { runtime: 'fault' });
    },
    config: { watchdogMs: 800 },
    extras: { runtimeModules: [faultRuntimeModule] },
  });
  sockets = Array.from({ length: NEIGHBOURS + 1 }, () => io(hub.url, { transports: ['websocket'], forceNew: true }));
  await until('all connect', () => sockets.every((socket) => socket.connected));
});

afterAll(async () => {
  for (const socket of sockets) socket.close();
  // Lost threads and poison rows are logged as errors, and are expected here.
  hub.errors.length = 0;
  await hub.close();
});

async function predict(socket: Socket | undefined, x: number, fault: number): Promise<Answer> {
  return (await socket?.timeout(60_000).emitWithAck('predict', { input: [x, fault], timeoutMs: 50_000 })) as Answer;
}

async function threads(): Promise<number> {
  return (await readdir('/proc/self/task')).length;
}

test.each([
  ['ends its thread', FAULT.exit],
  ['throws', FAULT.throw],
  ['never returns', FAULT.hang],
])('a row that %s fails alone, again and again under load, and nothing is left behind', async (_title, fault) => {
  await predict(sockets[0], 0, FAULT.none);
  const [threadsBefore, rssBefore] = [await threads(), process.memoryUsage().rss];
  const answered = { right: 0, wrong: [] as unknown[] };
  let stop = false;
  const load = sockets.slice(1).map(async (socket, index) => {
    for (let i = 1; !stop; i++) {
      const x = index * 1000 + (i % 1000);
      const answer = await predict(socket, x, FAULT.none);
      if (answer.prediction?.[0] === 2 * x) answered.right += 1;
      else answered.wrong.push(answer);
      // All the time, and not all that a core gives: other files run beside this one.
      await delay(5);
    }
  });
  const poisoned: Answer[] = [];
  for (let i = 0; i < TIMES; i++) {
    poisoned.push(await predict(sockets[0], i, fault));
    const before = answered.right;
    await until('the load goes on', () => answered.right > before + NEIGHBOURS);
  }
  stop = true;
  await Promise.all(load);

  expect(poisoned.map(({ error }) => error?.code)).toEqual(Array(TIMES).fill('ENGINE_FAILED'));
  expect(answered.wrong).toEqual([]);
  await until('the threads are gone', async () => (await threads()) <= threadsBefore);
  // A leaked thread has several megabytes.
  expect(process.memoryUsage().rss - rssBefore).toBeLessThan((20 + 2 * TIMES) << 20);
  expect(hub.app.hub.inFlight).toBe(0);
});
