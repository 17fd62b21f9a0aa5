import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TransportEvent } from '../../dist/server/contracts/transport-events.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

let hub: TestApp;
/** Of transports, as the log is told. */
const told: TransportEvent[] = [];

beforeAll(async () => {
  hub = await startTestApp({
    models: (folder) => writeLinear(folder),
    config: { corsOrigin: ['https://good.example'] },
    extras: { taps: [{ name: 'events', transport: (event) => void told.push(event) }] },
  });
});

afterAll(() => hub.close());

const ALLOWED = ['https://good.example', undefined];
const REFUSED = [
  'https://evil.example',
  'null',
  'https://good.example.evil.example',
  'http://good.example',
  'https://good.example:8443',
  '',
];

function ownOrigin(): string {
  return hub.url;
}

async function connects(origin: string | undefined, transport: 'websocket' | 'polling'): Promise<boolean> {
  const extraHeaders = origin === undefined ? {} : { origin };
  const socket = io(hub.url, {
    transports: [transport],
    extraHeaders,
    reconnection: false,
    forceNew: true,
    timeout: 60_000,
  });
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('connect_error', () => resolve(false));
  });
  socket.close();
  return connected;
}

async function posts(
  origin: string | undefined,
): Promise<{ status: number; allowed: string | null; code: string | undefined }> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (origin !== undefined) headers.origin = origin;
  const answer = await fetch(`${hub.url}/predict`, { method: 'POST', headers, body: '{"input":[1]}' });
  const body = (await answer.json()) as { error?: { code: string } };
  return { status: answer.status, allowed: answer.headers.get('access-control-allow-origin'), code: body.error?.code };
}

test('a listed origin, the hub’s own and a program without one pass, over WebSocket, polling and REST', async () => {
  for (const origin of [...ALLOWED, ownOrigin()]) {
    expect([origin, await connects(origin, 'websocket'), await connects(origin, 'polling')]).toEqual([
      origin,
      true,
      true,
    ]);
    expect(await posts(origin)).toEqual({ status: 200, allowed: origin ?? null, code: undefined });
  }
});

test('any other page is refused, over WebSocket, polling and REST', async () => {
  for (const origin of REFUSED) {
    expect([origin, await connects(origin, 'websocket'), await connects(origin, 'polling')]).toEqual([
      origin,
      false,
      false,
    ]);
    expect(await posts(origin)).toEqual({ status: 403, allowed: null, code: 'FORBIDDEN' });
  }
});

test('the SDK may be loaded by every page, so that one that is refused learns why; the log says so too', async () => {
  for (const origin of [...ALLOWED, ...REFUSED]) {
    const answer = await fetch(`${hub.url}/tickcast.js`, { headers: origin === undefined ? {} : { origin } });
    // Unread, it would keep its connection.
    await answer.arrayBuffer();
    expect([origin, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([origin, 200, '*']);
  }
  await (await fetch(`${hub.url}/models`, { headers: { origin: 'https://unheard.example' } })).text();
  await until('the refusal is told', () =>
    told.some((event) => event.type === 'http' && event.refused?.includes('https://unheard.example')),
  );
});

test('a preflight is answered for a listed origin only', async () => {
  const ask = (origin: string) =>
    fetch(`${hub.url}/predict`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });

  const good = await ask('https://good.example');
  expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([204, 'https://good.example']);
  expect((await ask('https://evil.example')).status).toBe(403);
});
