import { afterEach, expect, test, vi } from 'vitest';
import { predictOverHttp } from '../../../client/http.js';
import { wireError } from '../../../shared/errors.js';
import { makeClient, outcome } from './fake-socket.js';

const TOKEN = 'secret-'.padEnd(40, 's');
const REFUSED = wireError('UNAUTHENTICATED', 'the token is not known to this hub');

afterEach(() => vi.unstubAllGlobals());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a token comes with each attempt; a function is asked for each', async () => {
  const constant = makeClient({ token: TOKEN });
  expect(constant.socket.tokens).toEqual([TOKEN]);

  let count = 0;
  const { socket, clock } = makeClient({ token: async () => `token-${++count}` });
  expect(socket.tokens).toEqual([]);
  await turn();
  socket.hello();
  socket.lose();
  clock.advance(1_000);
  await turn();
  expect(socket.tokens).toEqual(['token-1', 'token-2']);
});

test.each([
  ['throws', () => Promise.reject(new RangeError(TOKEN)), /the token function failed \(RangeError\)/],
  ['gives a number', () => 5 as never, /gave no text/],
  ['gives a text with a line break', () => `${TOKEN}\n`, /gave no text/],
])('a function that %s is a failed attempt, and its words are not told', async (_title, token, message) => {
  const { client, socket, clock } = makeClient({ token });
  const changes: unknown[] = [];
  client.on('state', (change) => changes.push(change));
  await turn();

  expect(changes).toMatchObject([{ state: 'reconnecting', attempts: 1, reason: expect.stringMatching(message) }]);
  expect(JSON.stringify(changes)).not.toContain(TOKEN);
  expect(socket.attempts).toBe(0);
  clock.advance(1_000);
  await turn();
  expect(changes).toHaveLength(2);
});

test('a function that does not answer is a failed attempt, and what it says later is not used', async () => {
  const answers: ((token: string) => void)[] = [];
  const token = (): Promise<string> => new Promise((resolve) => answers.push(resolve));
  const { socket, clock } = makeClient({ token, connectTimeoutMs: 1_000 });
  clock.advance(1_000);
  clock.advance(500);
  expect(answers).toHaveLength(2);
  answers[0]?.('late');
  await turn();
  expect(socket.tokens).toEqual([]);

  answers[1]?.('in-time');
  await turn();
  expect(socket.tokens).toEqual(['in-time']);
});

test('a refused token ends a client; one with a function asks it again, but not for ever', async () => {
  const constant = makeClient({ token: TOKEN });
  constant.socket.listener.connectFailed(REFUSED.message, REFUSED);
  expect(constant.client.state).toBe('failed');

  const { client, socket, clock } = makeClient({ token: () => TOKEN });
  const seen: string[] = [];
  for (let i = 0; i < 3; i++) {
    await turn();
    socket.listener.connectFailed(REFUSED.message, REFUSED);
    seen.push(client.state);
    clock.advance(5_000);
  }
  expect(seen).toEqual(['reconnecting', 'reconnecting', 'failed']);
  expect(await outcome(client.ready())).toBe('UNAUTHENTICATED');
});

test('what the hub says before it closes is the reason of the loss', () => {
  const { client, socket, clock } = makeClient({ token: TOKEN });
  const reasons: string[] = [];
  client.on('state', ({ state, reason }) => reasons.push(`${state}: ${reason}`));
  socket.hello();
  socket.listener.closing(wireError('UNAUTHENTICATED', 'the token has expired'));
  socket.lose();
  clock.advance(1_000);
  socket.hello();
  socket.lose();

  expect(reasons.filter((reason) => reason.startsWith('reconnecting'))).toEqual([
    'reconnecting: the connection was lost (the token has expired)',
    'reconnecting: the connection was lost (transport close)',
  ]);
});

test.each([5, '', 'with space', 'line\nbreak', {}])('refuses the token %j and does not quote it', (token) => {
  const wrong = (): unknown => makeClient({ token: token as never });

  expect(wrong).toThrow(/token must be a text/);
  if (typeof token === 'string' && token !== '') expect(wrong).not.toThrow(token);
});

test('over HTTP a function that does not answer takes no longer than the request may, nor than its signal', async () => {
  const never = (): Promise<string> => new Promise(() => {});
  vi.useFakeTimers();
  const late = predictOverHttp('http://hub.test', [1], { token: never, timeoutMs: 50 }).catch((error) => error);
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  const gone = new AbortController();
  const aborted = predictOverHttp('http://hub.test', [1], { token: never, signal: gone.signal }).catch(
    (error) => error,
  );
  gone.abort();

  expect(await late).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(await aborted).toMatchObject({ code: 'CANCELLED' });
});

test('over HTTP it is a header, and in no error', async () => {
  const headers: unknown[] = [];
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    headers.push(init.headers);
    return new Response(JSON.stringify({ error: REFUSED }), { status: 401 });
  });
  const asked = (token: never | string | (() => string)): Promise<unknown> =>
    predictOverHttp('http://hub.test', [1], { token }).catch((error: unknown) => error);
  const errors = [await asked(TOKEN), await asked(() => TOKEN), await asked(`${TOKEN}\n`)];

  expect(headers).toEqual(Array(2).fill({ 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }));
  expect(errors).toMatchObject([{ code: 'UNAUTHENTICATED' }, { code: 'UNAUTHENTICATED' }, { code: 'INVALID_INPUT' }]);
  for (const error of errors) expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(TOKEN);
});
