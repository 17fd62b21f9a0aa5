import { io, type Socket } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../bench/harness/free-port.js';
import type { App } from '../../dist/server/app/app.js';
import type { Config } from '../../dist/server/config/config.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

let hub: TestApp | undefined;
const sockets: Socket[] = [];

async function start(config: Partial<Config>): Promise<TestApp> {
  hub = await startTestApp({ models: (folder) => writeLinear(folder), config });
  return hub;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await hub?.close();
  hub = undefined;
});

/** Connects as that address, reported by a trusted proxy. Returns the HTTP status of the refusal, or `in`. */
function connect({ url }: TestApp, transport: 'websocket' | 'polling', address = '192.0.2.1'): Promise<string> {
  const socket = io(url, {
    transports: [transport],
    extraHeaders: { 'x-forwarded-for': address },
    reconnection: false,
    forceNew: true,
  });
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve('in'));
    socket.once('connect_error', (error) => {
      const { context, description } = error as unknown as { context?: { status?: number }; description?: unknown };
      resolve(String(context?.status ?? (description as { message?: string })?.message ?? description));
    });
  });
}

async function metric({ url }: { url: string }, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((entry) => entry.startsWith(name));
  return Number(line?.split(' ').at(-1));
}

test.each(['websocket', 'polling'] as const)('an address has so many connections, over %s', async (transport) => {
  const { url } = await start({ trustProxy: ['loopback'], maxConnectionsPerAddress: 2 });
  const app = hub as TestApp;

  expect(await connect(app, transport)).toBe('in');
  expect(await connect(app, transport)).toBe('in');
  expect(await connect(app, transport)).toContain('429');
  expect(await connect(app, transport, '192.0.2.2')).toBe('in');
  expect(await metric({ url }, 'tickcast_connections_refused_total{reason="RATE_LIMITED"}')).toBe(1);
  sockets[0]?.close();
  await until('the connection is gone', () => app.app.connections === 2);
  expect(await connect(app, transport)).toBe('in');
});

test('1,000 connects of one address: as many get in as may, and another address is let in meanwhile', async () => {
  const app = await start({ trustProxy: ['loopback'], connectsPerSecond: 20 });
  const startedAt = performance.now();
  const flood = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const answer = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, {
        headers: { 'x-forwarded-for': '198.51.100.9' },
      });
      await answer.text();
      return answer.status;
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const other = await connect(app, 'websocket');

  const letIn = flood.filter((status) => status === 200).length;
  expect(letIn).toBeGreaterThanOrEqual(20);
  expect(letIn).toBeLessThanOrEqual(20 + Math.ceil(seconds * 20));
  expect(flood.filter((status) => status === 429)).toHaveLength(1000 - letIn);
  expect(other).toBe('in');
});

test('requests a second: by session over Socket.IO, by address over REST; others go on', async () => {
  const app = await start({ trustProxy: ['loopback'], requestsPerSecond: 1 });
  expect([await connect(app, 'websocket'), await connect(app, 'websocket')]).toEqual(['in', 'in']);
  const ask = (socket: Socket | undefined): Promise<{ error?: { code: string; retryAfterMs: number } }> =>
    socket?.emitWithAck('predict', { input: [1] }) as Promise<{ error?: { code: string; retryAfterMs: number } }>;
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(sockets[0])));
  const refused = answers.filter(({ error }) => error !== undefined);

  expect(refused.length).toBeGreaterThan(20);
  for (const { error } of refused)
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true, retryAfterMs: expect.any(Number) });
  expect((await ask(sockets[1])).error).toBeUndefined();

  const post = (address: string): Promise<Response> =>
    fetch(`${app.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: '{"input":[1]}',
    });
  const statuses = await Promise.all(Array.from({ length: 50 }, async () => post('203.0.113.1')));
  const late = statuses.filter(({ status }) => status === 429);
  expect(late.length).toBeGreaterThan(20);
  expect(late[0]?.headers.get('retry-after')).toBe('1');
  expect((await post('203.0.113.2')).status).toBe(200);
});

test('operators have a port of their own: metrics and probes there, no metrics for users; it closes with the hub', async () => {
  const adminPort = await freePort();
  const { url, app }: { url: string; app: App } = await start({ adminPort });
  const admin = `http://127.0.0.1:${adminPort}`;

  const status = async (path: string): Promise<number> => (await fetch(path)).status;
  expect(await Promise.all(['/metrics', '/healthz', '/readyz'].map((path) => status(`${admin}${path}`)))).toEqual([
    200, 200, 200,
  ]);
  expect(await Promise.all(['/metrics', '/healthz', '/readyz'].map((path) => status(`${url}${path}`)))).toEqual([
    404, 200, 200,
  ]);
  expect(await status(`${admin}/models`)).toBe(404);
  const index = (await (await fetch(url)).json()) as { routes: string[] };
  expect(index.routes).not.toContain('GET /metrics');
  await app.drain();
  await expect(status(`${admin}/healthz`)).rejects.toThrow();
});
