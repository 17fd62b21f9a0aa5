import { afterEach, expect, test, vi } from 'vitest';
import { predictOverHttp } from '../../../client/http.js';
import { outcome } from './fake-socket.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Replaces the network with a hub's HTTP answer. */
function answerWith(status: number, body: string): { requests: { url: string; body: unknown }[] } {
  const requests: { url: string; body: unknown }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    requests.push({ url, body: JSON.parse(String(init.body)) });
    return new Response(body, { status });
  });
  return { requests };
}

/** A hub that never answers, and honours the signal. */
function answerNever(): void {
  vi.stubGlobal(
    'fetch',
    (_url: string, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => {
        if (signal?.aborted) reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  );
}

test('posts the request to /predict and gives the answer', async () => {
  const { requests } = answerWith(200, JSON.stringify({ prediction: [0.5], model: 'iris@1' }));

  const answer = await predictOverHttp('http://hub.test', [1, 2, 3, 4], { model: 'iris', timeoutMs: 500 });

  expect(answer).toEqual({ prediction: [0.5], model: 'iris@1' });
  expect(requests).toEqual([
    { url: 'http://hub.test/predict', body: { input: [1, 2, 3, 4], model: 'iris', timeoutMs: 500 } },
  ]);
});

test('sends stream, key and timing, and adds the round trip to the receipt', async () => {
  const timing = { queueUs: 1, batchUs: 1, inferUs: 1, totalUs: 3, batchRows: 1, engine: 'tfjs-wasm' };
  const { requests } = answerWith(200, JSON.stringify({ prediction: [0.5], model: 'iris@1', timing }));

  const answer = await predictOverHttp('http://hub.test', [1], { stream: 'live', key: 'k', timing: true });

  expect(requests[0]?.body).toEqual({ input: [1], stream: 'live', key: 'k', timing: true, timeoutMs: 10_000 });
  expect(answer.timing).toMatchObject(timing);
  expect(Number.isInteger(answer.timing?.roundTripUs)).toBe(true);
});

test('rejects with the typed error of the body', async () => {
  const error = { code: 'OVERLOADED', message: 'full', retryable: true, retryAfterMs: 20 };
  answerWith(503, JSON.stringify({ error }));

  await expect(predictOverHttp('http://hub.test', [1])).rejects.toMatchObject(error);
});

test.each(['<html>502</html>', '{}', 'null'])(
  'rejects with INTERNAL for a body that is no answer: %s',
  async (body) => {
    answerWith(502, body);

    await expect(predictOverHttp('http://hub.test', [1])).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/HTTP 502/),
    });
  },
);

test('rejects with INTERNAL and the cause when the hub cannot be reached', async () => {
  const cause = new TypeError('fetch failed');
  vi.stubGlobal('fetch', () => Promise.reject(cause));

  await expect(predictOverHttp('http://hub.test', [1])).rejects.toMatchObject({ code: 'INTERNAL', cause });
});

test.each([
  ['https://host/hub', 'https://host/hub/predict'],
  ['https://host/hub/', 'https://host/hub/predict'],
  ['wss://host', 'https://host/predict'],
])('asks the hub at %s by %s', async (url, asked) => {
  const fetches = vi.fn(async (_url: string) => new Response(JSON.stringify({ prediction: [1], model: 'iris@1' })));
  vi.stubGlobal('fetch', fetches);

  await predictOverHttp(url, [1]);

  expect(fetches.mock.calls.map(([at]) => at)).toEqual([asked]);
});

test.each([
  ['no address', 'not a url', {}, /expected the hub's address/],
  ['a password in the address', 'https://me:secret@host', {}, /option token/],
  ['an unknown option', 'https://host', { timeout: 5 }, /timeout is no option; did you mean timeoutMs\?/],
  ['options that are none', 'https://host', 'sentiment', /options must be an object, got "sentiment"/],
  [
    'a controller for its signal',
    'https://host',
    { signal: new AbortController() },
    /signal must be a controller.signal/,
  ],
])('rejects with a TypeError for %s, and asks nobody', async (_what, url, options, message) => {
  const fetches = vi.fn(() => Promise.reject(new TypeError('fetch failed')));
  vi.stubGlobal('fetch', fetches);

  const answer = predictOverHttp(url, [1], options as object);

  await expect(answer).rejects.toBeInstanceOf(TypeError);
  await expect(answer).rejects.toThrow(message);
  expect(fetches).not.toHaveBeenCalled();
});

test('asks again when the connection is lost, and not when the hub has answered', async () => {
  vi.useFakeTimers();
  const answers = [
    () => Promise.reject(new TypeError('fetch failed')),
    () => Promise.reject(new TypeError('terminated')),
    async () => new Response(JSON.stringify({ prediction: [0.5], model: 'iris@1' })),
  ];
  const calls: number[] = [];
  vi.stubGlobal('fetch', () => answers[calls.push(Date.now()) - 1]?.());

  const answer = predictOverHttp('http://hub.test', [1]);
  await vi.runAllTimersAsync();

  expect(await answer).toMatchObject({ prediction: [0.5] });
  expect(calls.map((at) => at - (calls[0] ?? 0))).toEqual([0, 50, 250]);

  const { requests } = answerWith(
    503,
    JSON.stringify({ error: { code: 'OVERLOADED', message: 'full', retryable: true } }),
  );
  await expect(predictOverHttp('http://hub.test', [1])).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(requests).toHaveLength(1);
});

test('rejects with CANCELLED at once while it waits to ask again', async () => {
  vi.useFakeTimers();
  const fetches = vi.fn(() => Promise.reject(new TypeError('fetch failed')));
  vi.stubGlobal('fetch', fetches);
  const abort = new AbortController();

  const answer = predictOverHttp('http://hub.test', [1], { signal: abort.signal });
  const refused = expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
  await vi.advanceTimersByTimeAsync(10);
  abort.abort();

  await refused;
  expect(fetches).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('rejects with CANCELLED when the signal is aborted, before or meanwhile', async () => {
  answerNever();
  const controller = new AbortController();
  const meanwhile = predictOverHttp('http://hub.test', [1], { signal: controller.signal });
  controller.abort('left');

  await expect(meanwhile).rejects.toMatchObject({ code: 'CANCELLED', cause: 'left' });
  expect(await outcome(predictOverHttp('http://hub.test', [1], { signal: AbortSignal.abort() }))).toBe('CANCELLED');
});

test('rejects with DEADLINE_EXCEEDED when no answer comes', async () => {
  vi.useFakeTimers();
  answerNever();
  const answer = predictOverHttp('http://hub.test', [1], { timeoutMs: 300 });
  const settled = outcome(answer);

  await vi.advanceTimersByTimeAsync(400);

  await settled;
  expect(await outcome(answer)).toBe('DEADLINE_EXCEEDED');
});

test.each([
  ['bytes', Float32Array.of(1), /bytes cannot be sent over HTTP/],
  ['NaN', [Number.NaN], /NaN/],
])('refuses %s, which JSON cannot hold', async (_what, input, message) => {
  const { requests } = answerWith(200, '{}');

  await expect(predictOverHttp('http://hub.test', input)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(message),
  });
  expect(requests).toEqual([]);
});
