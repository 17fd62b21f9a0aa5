import { expect, test } from 'vitest';
import { makeClient, outcome } from './fake-socket.js';

const ROW = [1, 2, 3, 4];

test.each([
  ['no options object', 'iris', /^predict: options must be an object, got "iris"/],
  ['null', null, /^predict: options must be an object, got null/],
  ['an unknown option', { timeOutMs: 5 }, /^predict: timeOutMs is no option; did you mean timeoutMs\?/],
  ['an option of nothing known', { colour: 5 }, /^predict: colour is no option; there are model, timeoutMs/],
  ['a time as text', { timeoutMs: '5' }, /^predict: timeoutMs must be a number, got "5"/],
  ['a model that is no text', { model: 5 }, /^predict: model must be a string, got 5/],
  ['a flag that is none', { timing: 1 }, /^predict: timing must be a boolean, got 1/],
  ['the controller for its signal', { signal: new AbortController() }, /^predict: signal must be a controller.signal/],
])('predict rejects at once with a TypeError for %s, connected or not', async (_what, options, message) => {
  const { client, socket } = makeClient();
  const before = await outcome(client.predict(ROW, options as object));
  socket.hello();
  const after = await outcome(client.predict(ROW, options as object));
  const many = await outcome(client.predictMany([ROW], options as object));

  expect([before, after, many].map((error) => error instanceof TypeError)).toEqual([true, true, true]);
  expect(String(before)).toMatch(new RegExp(message.source.replace('^', 'TypeError: ')));
  expect(socket.sent).toEqual([]);
});

test('options that are undefined or null stand for those that are left out', async () => {
  const { client, socket } = makeClient();
  socket.hello();

  void client.predict(ROW, { signal: null, model: undefined, key: null, timeoutMs: null } as object);

  expect(socket.sent).toEqual([{ id: 1, input: ROW, timeoutMs: 10_000 }]);
});

test('predictMany rejects with a TypeError for inputs that are no array', async () => {
  const { client } = makeClient();

  expect(String(await outcome(client.predictMany('good' as never)))).toBe(
    'TypeError: predictMany: inputs must be an array, got "good"',
  );
});

test('ready() rejects with a TypeError for an unknown option', async () => {
  const { client } = makeClient();

  expect(String(await outcome(client.ready({ timeout: 5 } as object)))).toMatch(
    /^TypeError: ready: timeout is no option/,
  );
});

test('a handler that is no function, or of an unknown event, throws at once', () => {
  const { client } = makeClient();
  const subscription = client.subscribe('live');

  expect(() => client.on('sate' as 'state', () => {})).toThrow(/on: "sate" is no event; did you mean state\?/);
  expect(() => client.on('state', 5 as never)).toThrow(/on: the handler must be a function, got 5/);
  expect(() => subscription.on('values' as 'value', () => {})).toThrow(/did you mean value\?/);
  expect(() => subscription.on('value', undefined as never)).toThrow(/must be a function, got undefined/);
  expect(() => client.watch({} as never)).toThrow(/must be a function, got an object/);
  subscription.close();
  expect(() => subscription.on('value', undefined as never)).toThrow(TypeError);
});

test('a client that the program has closed cannot be used, and says so', async () => {
  const { client } = makeClient();
  client.close();

  for (const call of ['predict', 'predictMany', 'ready', 'streams', 'ping'] as const) {
    const error = await outcome(
      (client[call] as (input: unknown) => Promise<unknown>).call(client, call === 'ready' ? {} : []),
    );
    expect(String(error)).toBe(`TypeError: ${call}: this client was closed; connect again`);
  }
  expect(() => client.subscribe('live')).toThrow(/^subscribe: this client was closed/);
  expect(() => client.watch(() => {})).toThrow(/^watch: this client was closed/);
  expect(client.close()).toBeUndefined();
});
