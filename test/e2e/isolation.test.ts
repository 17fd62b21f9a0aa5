/**
 * Two tenants of one hub, each with names of its own: every event and route that there is, tried by one, shows no name,
 * item, count or error of the other.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../client/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const tokenOf = (tenant: string): string => `${tenant}-`.padEnd(40, 't');
const scopesOf = (tenant: string): string[] =>
  ['predict:NAME-*', 'publish:NAME/*', 'subscribe:NAME/*'].map((scope) => scope.replace('NAME', tenant));
const keys = [
  { name: 'acme', token: tokenOf('acme'), scopes: scopesOf('acme'), rowsPerDay: 10_000 },
  { name: 'zeta', token: tokenOf('zeta'), scopes: scopesOf('zeta'), weight: 2 },
  { name: 'all', token: tokenOf('all'), scopes: ['predict', 'publish', 'subscribe', 'admin'] },
  { name: 'small', token: tokenOf('small'), scopes: ['predict'], rowsPerDay: 3 },
];

let folder: string;
let hub: TestProcess;
const busy: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-isolation-'));
  const tokenFile = join(folder, 'tokens.json');
  await writeFile(tokenFile, JSON.stringify({ keys }), { mode: 0o600 });
  hub = await startTestProcess({
    models: async (models) => {
      for (const name of ['acme-one', 'acme-two', 'zeta-one', 'zeta-two']) await writeLinear(join(models, name, '1'));
    },
    config: { tokenFile },
  });
  // The other tenant publishes and views all the time.
  const zeta = connect(hub.url, { token: tokenOf('zeta') });
  zeta.subscribe('zeta/feed').on('value', () => {});
  const timer = setInterval(() => {
    zeta.predict([1], { model: 'zeta-one', stream: 'zeta/feed', timeoutMs: 60_000 }).catch(() => {});
  }, 20);
  busy.push({
    close: async () => {
      clearInterval(timer);
      await zeta.close();
    },
  });
  await until('there is something to see', async () => (await get('/streams', 'zeta')).body.includes('zeta/feed'));
});

afterAll(async () => {
  for (const one of busy) await one.close();
  expect(await hub?.close()).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function get(path: string, tenant: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${tokenOf(tenant)}`, 'content-type': 'application/json' };
  const answer = await fetch(hub.url + path, { ...init, headers });
  return { status: answer.status, body: await answer.text() };
}

const post = (path: string, tenant: string, body: object): Promise<Answer> =>
  get(path, tenant, { method: 'POST', body: JSON.stringify(body) });

async function enter(tenant: string): Promise<{ socket: Socket; seen: [string, ...unknown[]][] }> {
  const socket = io(hub.url, { transports: ['websocket'], auth: { token: tokenOf(tenant) }, forceNew: true });
  const seen: [string, ...unknown[]][] = [];
  socket.onAny((event: string, ...args: unknown[]) => seen.push([event, ...args]));
  await until('it is greeted', () => seen.some(([event]) => event === 'hello'));
  return { socket, seen };
}

/** What a caller wrote itself comes back in errors; nothing else of the other may. */
function othersIn(text: string, ...asked: string[]): string[] {
  const own = asked.reduce((rest, one) => rest.replaceAll(one, ''), text);
  return own.match(/zeta[-/\w]*/g) ?? [];
}

test('every event over Socket.IO shows nothing of the other tenant', async () => {
  const { socket, seen } = await enter('acme');
  const emit = (event: string, payload?: unknown): Promise<unknown> =>
    socket.timeout(20_000).emitWithAck(event, ...(payload === undefined ? [] : [payload]));
  const answers: Record<string, unknown> = {};
  for (const [title, event, payload] of [
    ['own', 'predict', { input: [1], model: 'acme-one', stream: 'acme/feed' }],
    ['others model', 'predict', { input: [1], model: 'zeta-one' }],
    ['others version', 'predict', { input: [1], model: 'zeta-one@1' }],
    ['nobodys model', 'predict', { input: [1], model: 'nobody' }],
    ['own missing', 'predict', { input: [1], model: 'acme-nothing' }],
    ['own missing version', 'predict', { input: [1], model: 'acme-one@9' }],
    ['no model', 'predict', { input: [1] }],
    ['others stream', 'predict', { input: [1], model: 'acme-one', stream: 'zeta/feed' }],
    ['conflict', 'predict', { input: [1], model: 'acme-two', stream: 'acme/feed' }],
    ['subscribe others', 'subscribe', { stream: 'zeta/feed' }],
    ['subscribe nobodys', 'subscribe', { stream: 'nobody/feed' }],
    ['subscribe all', 'subscribe', { stream: 'acme/feed' }],
    ['subscribe windows', 'subscribe', { stream: 'zeta/feed', mode: 'aggregate' }],
    ['unsubscribe others', 'unsubscribe', { stream: 'zeta/feed' }],
    ['pace others', 'pace', { stream: 'zeta/feed', paused: true }],
    ['streams', 'streams', undefined],
    ['watch', 'watch', { on: true }],
  ] as const)
    answers[title] = await emit(event, payload);
  await until('two states', () => seen.filter(([event]) => event === 'status').length >= 2);
  socket.close();

  const said = JSON.stringify({ answers, seen });
  expect(othersIn(said, '"zeta/feed\\"', 'zeta/feed', '"zeta-one', 'zeta-one@1')).toEqual([]);
  expect(answers).toMatchObject({
    own: { model: 'acme-one@1' },
    'own missing': { error: { code: 'MODEL_NOT_FOUND' } },
    'own missing version': { error: { code: 'MODEL_NOT_FOUND' } },
    'no model': { error: { code: 'FORBIDDEN', message: expect.stringMatching(/name one/) } },
    'others stream': { error: { code: 'FORBIDDEN' } },
    'subscribe others': { error: { code: 'FORBIDDEN' } },
    'subscribe windows': { error: { code: 'FORBIDDEN' } },
    'unsubscribe others': { error: { code: 'NOT_SUBSCRIBED' } },
    streams: { streams: [expect.objectContaining({ stream: 'acme/feed' })] },
  });
  // What others have and what nobody has is answered alike.
  const alike = (title: string, name: string): string =>
    JSON.stringify(answers[title])
      .replaceAll(name, 'X')
      .replace(/"id":"[^"]*",?/, '');
  expect(alike('others model', 'zeta-one')).toBe(alike('nobodys model', 'nobody'));
  expect(alike('subscribe others', 'zeta/feed')).toBe(alike('subscribe nobodys', 'nobody/feed'));
  const hello = seen.find(([event]) => event === 'hello')?.[1] as { models: { name: string }[] };
  expect(hello.models.map(({ name }) => name)).toEqual(['acme-one', 'acme-two']);
  const status = seen.findLast(([event]) => event === 'status')?.[1] as Record<string, unknown>;
  expect(status).toMatchObject({ connections: 1, inFlight: 0, queuedRows: 0, viewers: 1, predictionsPerSecond: 0 });
  expect(status).not.toHaveProperty('p50');
  expect(status).not.toHaveProperty('meanBatchRows');
});

test.each([
  ['GET', '/', 200],
  ['GET', '/models', 200],
  ['GET', '/models/acme-one', 200],
  ['GET', '/models/acme-none', 404],
  ['GET', '/models/zeta-one', 403],
  ['GET', '/models/zeta-one@1', 403],
  ['GET', '/models/nobody', 403],
  ['GET', '/streams', 200],
  ['GET', '/streams/zeta%2Ffeed/windows', 403],
  ['GET', '/streams/nobody%2Ffeed/windows', 403],
  ['GET', '/streams/acme%2Fnone/windows', 404],
  ['GET', '/metrics', 403],
  ['GET', '/healthz', 200],
  ['GET', '/readyz', 200],
  ['GET', '/nothing', 404],
])('%s %s shows nothing of the other tenant', async (method, path, status) => {
  const { status: got, body } = await get(path, 'acme', { method });

  expect(got).toBe(status);
  expect(othersIn(body, decodeURIComponent(path.split('/')[2] ?? ''))).toEqual([]);
  if (path === '/readyz') expect(Object.keys(JSON.parse(body))).toEqual(['status']);
  if (path === '/models') expect(body.match(/acme-(one|two)/g)?.length).toBeGreaterThanOrEqual(2);
});

test.each([
  [{ model: 'acme-one' }, 200, 'acme-one@1'],
  [{ model: 'zeta-one' }, 403, 'FORBIDDEN'],
  [{ model: 'nobody' }, 403, 'FORBIDDEN'],
  [{ model: 'acme-none' }, 404, 'MODEL_NOT_FOUND'],
  [{}, 403, 'FORBIDDEN'],
  [{ model: 'acme-one', stream: 'zeta/feed' }, 403, 'FORBIDDEN'],
])('POST /predict and /infer with %j: %i', async (fields, status, said) => {
  for (const path of ['/predict', '/infer']) {
    const { status: got, body } = await post(path, 'acme', { input: [1], ...fields });
    expect([got, body]).toEqual([status, expect.stringContaining(said)]);
    expect(othersIn(body, ...Object.values(fields))).toEqual([]);
  }
});

test('who has all sees all, and the figures of each key', async () => {
  const { body } = await get('/streams', 'all');
  expect(body).toContain('zeta/feed');
  const metrics = (await get('/metrics', 'all')).body;
  expect(metrics).toMatch(/tickcast_key_rows_total\{key="zeta"\} [1-9]/);
  expect(metrics).toMatch(/tickcast_key_sent_bytes_total\{key="zeta"\} [1-9]/);
});

test('a quota of a day is told, on every way in, and is nobody else’s', async () => {
  const { socket } = await enter('small');
  const ask = (rows: number): Promise<unknown> =>
    socket
      .timeout(20_000)
      .emitWithAck('predict', { input: Array.from({ length: rows }, () => [1]), model: 'acme-one' });
  expect(await ask(2)).toMatchObject({ model: 'acme-one@1' });
  expect(await ask(2)).toMatchObject({ error: { code: 'RATE_LIMITED', message: /3 rows a day .* 1 left, not 2/ } });
  expect(await post('/predict', 'small', { input: [[1], [1]], model: 'acme-one' })).toMatchObject({ status: 429 });
  expect(await post('/predict', 'small', { input: [1], model: 'acme-one' })).toMatchObject({ status: 200 });
  expect(await post('/predict', 'acme', { input: [1], model: 'acme-one' })).toMatchObject({ status: 200 });
  socket.close();
});
