import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const CLIENTS = 500;
let hub: TestProcess;

beforeAll(async () => {
  hub = await startTestProcess({ models: (folder) => writeLinear(folder), config: { maxConnections: 600 } });
});

afterAll(async () => {
  expect(await hub.close()).toBe(0);
});

/** Opens a connection, sends a little, then a byte now and then. Returns what the hub sent before closing it. */
function openSlow(first: string, drop: () => string): { ended: Promise<string>; socket: Socket } {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  const ended = new Promise<string>((resolve) => {
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
  socket.write(first);
  const timer = setInterval(() => socket.write(drop()), 2000);
  socket.on('close', () => clearInterval(timer));
  return { ended, socket };
}

test('500 slow clients are cut off with 408, while others are served; connections beyond the bound are closed at once', async () => {
  const head = 'POST /predict HTTP/1.1\r\nhost: localhost\r\n';
  const kinds: [string, () => string][] = [
    // Headers that never end; a body that never ends; a line that never ends.
    [head, () => 'x-a: b\r\n'],
    [`${head}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"input":`, () => ' '],
    ['GET /models', () => 'x'],
  ];
  const slow = Array.from({ length: CLIENTS }, (_, i) => openSlow(...(kinds[i % kinds.length] as (typeof kinds)[0])));
  let open = true;
  const all = Promise.all(slow.map(({ ended }) => ended)).finally(() => {
    open = false;
  });

  let served = 0;
  while (open) {
    const answer = await fetch(`${hub.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":[1]}',
    });
    expect(answer.status).toBe(200);
    await answer.text();
    served += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const said = await all;
  expect(said.filter((text) => text.startsWith('HTTP/1.1 408 Request Timeout'))).toHaveLength(CLIENTS);
  expect(served).toBeGreaterThan(5);

  const many = Array.from({ length: 700 }, () => openSlow('', () => ''));
  await until('those beyond the bound are closed', () => many.filter(({ socket }) => socket.closed).length >= 95);
  await until('it is said in the log', () => hub.log.some(({ code }) => code === 'OVERLOADED'));
  for (const { socket } of many) socket.destroy();
  await until('they are gone', async () => (await fetch(`${hub.url}/healthz`).catch(() => undefined))?.status === 200);
});
