import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../client/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import {
  FEED,
  JWT,
  KEYS,
  LONG,
  makeJwt,
  OPERATOR,
  refusedTokens,
  type TokenCase,
  VIEWER,
  WEB,
} from '../support/tokens.js';
import { until, within } from '../support/until.js';

const GOOD_ORIGIN = 'https://good.example';
/** The hub closes within a second of exp; the rest is this machine's. */

let folder: string;
let tokenFile: string;
let hub: TestProcess;
const jwts: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-access-'));
  tokenFile = join(folder, 'tokens.json');
  await putTokens({ keys: KEYS, jwt: JWT });
  hub = await startTestProcess({
    models: (models) => writeLinear(join(models, 'linear/1')),
    // Every log line there can be: the last test reads them all.
    config: { tokenFile, corsOrigin: [GOOD_ORIGIN], logLevel: 'trace' },
  });
});

afterAll(async () => {
  await hub?.close();
  await rm(folder, { recursive: true, force: true });
});

/** As an operator would: replaces the file. */
async function putTokens(file: unknown): Promise<void> {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  await writeFile(`${tokenFile}.new`, text, { mode: 0o600 });
  await rename(`${tokenFile}.new`, tokenFile);
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

async function jwt(plan: Parameters<typeof makeJwt>[1] = {}): Promise<string> {
  const token = await makeJwt(nowSeconds(), plan);
  jwts.push(token);
  return token;
}

interface Way {
  readonly title: string;
  /** The code of the refusal, or `ok`. */
  enter(token: string | undefined, origin?: string): Promise<string>;
  /** Headers over 16 KiB are answered by Node. */
  readonly longCode: string;
}

function socketWith(
  transport: 'websocket' | 'polling',
  by: 'auth' | 'header',
  token?: string,
  origin?: string,
): Socket {
  const headers = {
    ...(origin !== undefined && { origin }),
    ...(by === 'header' && token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return io(hub.url, {
    transports: [transport],
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
    timeout: 60_000,
    ...(by === 'auth' && { auth: { token } }),
  });
}

function overSocket(transport: 'websocket' | 'polling', by: 'auth' | 'header'): Way {
  const enter = async (token: string | undefined, origin?: string): Promise<string> => {
    const socket = socketWith(transport, by, token, origin);
    const answer = await within(
      `an answer over ${transport}`,
      new Promise<string>((resolve) => {
        socket.once('connect', () => resolve('ok'));
        socket.once('connect_error', (error) => {
          const data = 'data' in error ? (error.data as { code?: string; retryable?: boolean }) : undefined;
          resolve(data?.retryable === false ? (data.code ?? '?') : 'the transport');
        });
      }),
      60_000,
    );
    socket.close();
    return answer;
  };
  return { title: `${transport}, by ${by}`, enter, longCode: by === 'auth' ? 'UNAUTHENTICATED' : 'the transport' };
}

const rest: Way = {
  title: 'REST',
  longCode: 'TOO_LARGE',
  enter: async (token, origin) => {
    const { status, code, challenge } = await ask('POST', '/predict', token, { input: [1] }, origin);
    if (status === 200) return 'ok';
    if (status === 401 && !challenge.startsWith('Bearer realm="tickcast"')) return `no challenge: ${challenge}`;
    return code ?? String(status);
  },
};

const WAYS = [
  overSocket('websocket', 'auth'),
  overSocket('websocket', 'header'),
  overSocket('polling', 'auth'),
  overSocket('polling', 'header'),
  rest,
];

interface HttpAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly challenge: string;
}

async function ask(
  method: string,
  path: string,
  token: string | undefined,
  body?: unknown,
  origin?: string,
): Promise<HttpAnswer> {
  const response = await fetch(hub.url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(origin !== undefined && { origin }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const code = /"code":"([A-Z_]+)"/.exec(text)?.[1];
  return { status: response.status, code, challenge: response.headers.get('www-authenticate') ?? '' };
}

test.each(WAYS)('$title: every token of the table is refused UNAUTHENTICATED, good ones pass', async (way) => {
  const table: readonly TokenCase[] = await refusedTokens(nowSeconds());
  jwts.push(...table.flatMap(({ token }) => (token !== undefined && token.length > 20 ? [token] : [])));
  const answers: Record<string, string> = {};
  for (const { title, token } of table) answers[title] = await way.enter(token);

  expect(answers).toEqual(Object.fromEntries(table.map(({ title }) => [title, 'UNAUTHENTICATED'])));
  expect(await way.enter(LONG.token)).toBe(way.longCode);
  for (const token of [WEB, FEED, await jwt(), await jwt({ scope: ['predict'] })]) {
    expect(await way.enter(token)).toBe('ok');
  }
  // A valid token without any of the required scopes.
  expect(await way.enter(OPERATOR)).toBe('FORBIDDEN');
  expect(await way.enter(await jwt({ scope: 'openid' }))).toBe('FORBIDDEN');
});

test.each(WAYS)('$title: a page of a foreign origin is refused, whatever its token', async (way) => {
  for (const origin of [
    'null',
    'https://good.example.evil.example',
    'https://evilgood.example',
    `${hub.url}.evil.example`,
  ]) {
    expect(await way.enter(WEB, origin)).toMatch(/^(FORBIDDEN|the transport)$/);
  }
  for (const origin of [GOOD_ORIGIN, hub.url]) expect(await way.enter(WEB, origin)).toBe('ok');
  expect(await way.enter('x'.repeat(40), GOOD_ORIGIN)).toBe('UNAUTHENTICATED');
});

/** Each token and the answer of each event or route: `ok` or a code. */
const EVENTS: readonly [token: string, name: string, predict: string, publish: string, view: string][] = [
  [WEB, 'web', 'ok', 'FORBIDDEN', 'ok'],
  [FEED, 'feed', 'ok', 'ok', 'FORBIDDEN'],
  [VIEWER, 'viewer', 'FORBIDDEN', 'FORBIDDEN', 'ok'],
];

test.each(EVENTS)('scopes over Socket.IO: %s', async (token, name, predict, publish, view) => {
  const socket = socketWith('websocket', 'auth', token);
  const emit = async (event: string, payload: unknown): Promise<string> => {
    const args = payload === undefined ? [] : [payload];
    const answer = (await socket.timeout(60_000).emitWithAck(event, ...args)) as { error?: { code: string } };
    return answer?.error?.code ?? 'ok';
  };

  expect([name, await emit('predict', { input: [1] }), await emit('predict', { input: [1], stream: name })]).toEqual([
    name,
    predict,
    publish,
  ]);
  expect(await emit('subscribe', { stream: 'any' })).toBe(view);
  expect(await emit('watch', { on: true })).toBe(view);
  expect(await emit('streams', undefined)).toBe(view);
  expect(await emit('echo', undefined)).toBe('ok');
  const event = new Promise<{ code?: string }>((resolve) => {
    socket.once('prediction', resolve);
    socket.once('prediction_error', resolve);
  });
  socket.emit('predict', { input: [1], id: 'by-event' });
  expect(await event).toMatchObject({ id: 'by-event', ...(predict === 'ok' ? {} : { code: predict }) });
  socket.close();
});

test.each<[string, string, string | undefined, number]>([
  ['GET', '/healthz', undefined, 200],
  ['GET', '/readyz', undefined, 200],
  ['GET', '/tickcast.js', undefined, 200],
  ['GET', '/index.html', undefined, 200],
  ['GET', '/nothing', undefined, 404],
  ['GET', '/', undefined, 401],
  ['GET', '/models', undefined, 401],
  ['HEAD', '/models', undefined, 401],
  ['GET', '/models/linear', undefined, 401],
  ['GET', '/streams', undefined, 401],
  ['GET', '/streams/feed/windows', undefined, 401],
  ['GET', '/metrics', undefined, 401],
  ['POST', '/infer', undefined, 401],
  ['GET', '/', VIEWER, 200],
  ['GET', '/models', VIEWER, 200],
  ['GET', '/models', OPERATOR, 403],
  ['GET', '/models/linear', FEED, 200],
  ['GET', '/streams', WEB, 200],
  ['GET', '/streams', FEED, 403],
  ['GET', '/streams/feed/windows', FEED, 403],
  ['GET', '/metrics', WEB, 403],
  ['GET', '/metrics', OPERATOR, 200],
  ['POST', '/infer', VIEWER, 403],
  ['POST', '/infer', FEED, 200],
])('scopes over REST: %s %s', async (method, path, token, status) => {
  const body = method === 'POST' ? { input: [1] } : undefined;
  const answer = await ask(method, path, token, body);

  expect(answer.status).toBe(status);
  expect(answer.challenge).toMatch(status === 401 || status === 403 ? /^Bearer realm="tickcast"/ : /^$/);
});

test('REST: publishing asks for its own scope, the page is for everybody, and a preflight needs no token', async () => {
  const stream = { input: [1], stream: 'rest' };
  expect(await ask('POST', '/predict', WEB, stream)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  expect(await ask('POST', '/predict', FEED, stream)).toMatchObject({ status: 200 });
  const page = await fetch(hub.url, { headers: { accept: 'text/html' } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringMatching(/^<!doctype html>/i)]);
  const preflight = await fetch(`${hub.url}/predict`, {
    method: 'OPTIONS',
    headers: {
      origin: GOOD_ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
});

/** A socket whose token ends soon: later at each try, as a machine that is busy may take longer to connect. */
async function openShortLived(transport: 'websocket' | 'polling') {
  for (const seconds of [5, 20, 60]) {
    const exp = nowSeconds() + seconds;
    const socket = socketWith(transport, 'auth', await jwt({ exp }));
    const told = new Promise((resolve) => socket.once('closing', resolve));
    const ended = new Promise((resolve) => socket.once('disconnect', resolve));
    const isIn = new Promise<boolean>((resolve) => {
      socket.once('hello', () => resolve(true));
      socket.once('connect_error', () => resolve(false));
    });
    if (await within('an answer', isIn, 90_000)) return { socket, exp, told, ended };
    socket.close();
  }
  throw new Error('no token lived until its socket was there');
}

test.each(['websocket', 'polling'] as const)(
  '%s: a live socket is closed at exp, after the reason',
  async (transport) => {
    const later = socketWith(transport, 'auth', await jwt({ exp: nowSeconds() + 600 }));
    await within('the hello', new Promise((resolve) => later.once('hello', resolve)));
    const { socket, exp, told, ended } = await openShortLived(transport);
    await within('the end', ended, 90_000);
    const lateMs = Date.now() - exp * 1000;

    expect(await told).toMatchObject({
      code: 'UNAUTHENTICATED',
      retryable: false,
      message: expect.stringMatching(/expired/),
    });
    console.log(`${transport}: closed ${lateMs} ms after exp`);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    // At its own exp: not at that of another.
    expect(later.connected).toBe(true);
    later.close();
    socket.close();
  },
);

test('a client that reads nothing and answers no close is cut at exp too', async () => {
  const { socket, exp } = await openShortLived('websocket');
  const { id } = socket;
  // The underlying WebSocket: nothing from the hub is read any more.
  const wire = (socket.io.engine.transport as unknown as { ws: { _socket: Wire } }).ws._socket;
  wire.pause();
  const line = (): Record<string, unknown> | undefined =>
    hub.log.find((entry) => entry.socket === id && entry.msg === 'client disconnected');
  await until('the hub lets go of it', () => line() !== undefined, 90_000);
  const lateMs = Date.now() - exp * 1000;
  const cut = new Promise((resolve) => wire.once('close', resolve));
  // Writes until then, so that a reset is noticed without reading.
  const writing = setInterval(() => wire.write('x'), 20);
  await within('TCP is cut', cut);
  clearInterval(writing);

  expect(line()).toMatchObject({ reason: expect.stringMatching(/expired/) });
  expect(lateMs).toBeGreaterThanOrEqual(0);
  socket.close();
});

interface Wire extends NodeJS.EventEmitter {
  pause(): void;
  write(text: string): void;
}

test('the SDK comes back with the next token of its function, and loses nothing; one whose token stays is refused', async () => {
  let asked = 0;
  const renewing = connect(hub.url, {
    token: async () => {
      asked += 1;
      return jwt({ exp: nowSeconds() + 3 });
    },
    reconnectMinMs: 50,
  });
  const constant = connect(hub.url, { token: await jwt({ exp: nowSeconds() + 12 }), reconnectMinMs: 50 });
  await Promise.all([renewing.ready(), constant.ready()]);
  const reasons: string[] = [];
  renewing.on('state', ({ state, reason }) => reasons.push(`${state}: ${reason}`));
  const failed = new Promise<unknown>((resolve) => constant.on('state', ({ error }) => error && resolve(error)));
  let predicted = 0;
  while (asked < 3) {
    expect((await renewing.predict([1])).prediction).toEqual([[3]]);
    predicted += 1;
  }

  expect(predicted).toBeGreaterThan(2);
  expect(reasons[0]).toMatch(/^reconnecting: the connection was lost \(the token has expired/);
  expect(await within('the refusal', failed)).toMatchObject({ code: 'UNAUTHENTICATED' });
  renewing.close();
  constant.close();
});

test('a new token file: who was withdrawn is closed, others stay, and a broken file changes nothing', async () => {
  const [web, feed] = [socketWith('websocket', 'auth', WEB), socketWith('websocket', 'auth', FEED)];
  await Promise.all([web, feed].map((socket) => new Promise((resolve) => socket.once('hello', resolve))));
  const closed = new Promise<unknown>((resolve) => feed.once('closing', resolve));
  const gone = new Promise((resolve) => feed.once('disconnect', resolve));

  await putTokens('{ "keys": [');
  await until('the broken file is told of', () =>
    hub.log.some(({ level, problem }) => level === 'error' && /not JSON/.test(String(problem))),
  );
  expect([web.connected, feed.connected, await rest.enter(FEED)]).toEqual([true, true, 'ok']);

  await putTokens({ keys: KEYS.filter(({ name }) => name !== 'feed'), jwt: JWT });
  expect(await within('the last word', closed)).toMatchObject({ code: 'UNAUTHENTICATED' });
  await within('the end', gone);
  expect([web.connected, await rest.enter(FEED), await rest.enter(WEB)]).toEqual([true, 'UNAUTHENTICATED', 'ok']);

  await putTokens({ keys: KEYS, jwt: JWT });
  await until('the key is back', async () => (await rest.enter(FEED)) === 'ok');
  web.close();
  feed.close();
});

test('no log line holds a token, a header or a payload; the lines name the key', () => {
  const lines = hub.log.map((line) => JSON.stringify(line));
  const secrets = [...KEYS.map(({ token }) => token), ...jwts, JWT.publicKey, 'x'.repeat(40)];
  const found = lines.filter(
    (line) =>
      secrets.some((secret) => line.includes(secret)) ||
      /eyJ|bearer \w|"(?:authorization|headers|auth|token|input)"/i.test(line),
  );

  expect(found).toEqual([]);
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.some((line) => /"msg":"connection refused"/.test(line) && /UNAUTHENTICATED/.test(line))).toBe(true);
  expect(lines.some((line) => /"key":"web"/.test(line))).toBe(true);
});
