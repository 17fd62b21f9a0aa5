import { expect, test } from 'vitest';
import { makeClient, outcome, SENTIMENT } from './fake-socket.js';

test('sends one predict event with an id and resolves with the answer to it', async () => {
  const { client, socket } = makeClient();
  socket.hello();

  const answer = client.predict([1, 2, 3, 4], { model: 'iris' });

  expect(socket.sent).toEqual([{ input: [1, 2, 3, 4], id: 1, timeoutMs: 10_000, model: 'iris' }]);
  socket.answer(1, [0.5, 0.25, 0.25]);
  expect(await answer).toEqual({ prediction: [0.5, 0.25, 0.25], model: 'iris@1' });
});

test('keeps label and score of an answer', async () => {
  const { client, socket } = makeClient();
  socket.hello({}, [SENTIMENT]);

  const answer = client.predict('fine');
  socket.listener.answers.prediction({ id: 1, n: 0, prediction: [0, 1], model: 's@1', label: 'positive', score: 1 });

  expect(await answer).toEqual({ prediction: [0, 1], model: 's@1', label: 'positive', score: 1 });
});

test('gives each of many requests its own answer in whatever order they come', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const answers = [0, 1, 2, 3].map((value) => client.predict([value, 0, 0, 0]));

  for (const id of [3, 1, 4, 2]) socket.answer(id, [id]);

  expect((await Promise.all(answers)).map((answer) => answer.prediction)).toEqual([[1], [2], [3], [4]]);
});

test('rejects with the typed error that the hub gives', async () => {
  const { client, socket } = makeClient();
  socket.hello();

  const answer = client.predict([1, 2, 3, 4]);
  socket.refuse(1, 'OVERLOADED', { retryAfterMs: 40 });

  await expect(answer).rejects.toMatchObject({
    name: 'TickcastError',
    code: 'OVERLOADED',
    message: 'hub: OVERLOADED',
    retryable: true,
    retryAfterMs: 40,
  });
});

test('settles DUPLICATE_ID and DRAINING like any other refusal, without trying again', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const answers = [client.predict([1, 2, 3, 4]), client.predict([1, 2, 3, 4])];

  socket.refuse(1, 'DUPLICATE_ID');
  socket.refuse(2, 'DRAINING');

  expect(await Promise.all(answers.map(outcome))).toEqual(['DUPLICATE_ID', 'DRAINING']);
  expect(socket.sent).toHaveLength(2);
});

test('takes a code that it does not know for INTERNAL and believes the hub on retrying', async () => {
  const { client, socket } = makeClient();
  socket.hello();

  const answer = client.predict([1, 2, 3, 4]);
  socket.refuse(1, 'QUOTA_USED_UP', { retryable: true });

  await expect(answer).rejects.toMatchObject({
    code: 'INTERNAL',
    retryable: true,
    message: expect.stringMatching(/QUOTA_USED_UP/),
  });
});

test('settles with the first answer and ignores every later one', async () => {
  const { client, socket } = makeClient();
  socket.hello();

  const answer = client.predict([1, 2, 3, 4]);
  socket.answer(1, [1]);
  socket.answer(1, [2]);
  socket.refuse(1, 'INTERNAL');

  expect(await answer).toMatchObject({ prediction: [1] });
});

test('ignores answers to unknown ids and answers that are none', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const answer = client.predict([1, 2, 3, 4]);

  for (const raw of [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { id: 99, prediction: [1], model: 'm@1' },
    { id: '1' },
    { id: 1 },
  ]) {
    socket.listener.answers.prediction(raw);
    socket.listener.answers.predictionError(raw);
  }
  socket.listener.answers.prediction({ id: 1, prediction: [9], model: 5 });
  socket.listener.answers.predictionError({ id: 1, code: 5, message: 'no' });
  socket.listener.answers.predictionError({ id: '__proto__', code: 'INTERNAL', message: 'no' });

  expect(await outcome(answer)).toBe('pending');
  socket.answer(1, [1]);
  expect(await answer).toMatchObject({ prediction: [1] });
});

test('answers predictMany in the order of its inputs, failures in their place', async () => {
  const { client, socket } = makeClient();
  socket.hello();

  const results = client.predictMany([
    [1, 1, 1, 1],
    [2, 2, 2, 2],
    [3, 3, 3, 3],
  ]);
  socket.answer(3, [3]);
  socket.refuse(2, 'ENGINE_FAILED');
  socket.answer(1, [1]);

  expect(await results).toMatchObject([
    { ok: true, value: { prediction: [1] } },
    { ok: false, error: { code: 'ENGINE_FAILED' } },
    { ok: true, value: { prediction: [3] } },
  ]);
});

test('works through more inputs than may wait in the client', async () => {
  const { client, socket } = makeClient({ maxQueuedRows: 1024 });
  socket.hello({ maxInFlightRows: 10 });
  const inputs = Array.from({ length: 3000 }, (_, index) => [index, 0, 0, 0]);

  let done = false;
  const results = client.predictMany(inputs).finally(() => {
    done = true;
  });
  for (let next = 0; !done; await outcome(Promise.resolve())) {
    for (const { id, input } of socket.sent.slice(next)) {
      next += 1;
      socket.answer(id, input);
    }
  }

  const values = (await results).map((result) => (result.ok ? result.value.prediction : result.error.code));
  expect(values).toEqual(inputs);
});

test('answers predictMany of nothing with nothing', async () => {
  const { client } = makeClient();

  expect(await client.predictMany([])).toEqual([]);
});

test.each([0, -1, 60_001, Number.NaN])('refuses timeoutMs %s without sending', async (timeoutMs) => {
  const { client, socket } = makeClient();
  socket.hello();

  expect(await outcome(client.predict([1, 2, 3, 4], { timeoutMs }))).toBe('INVALID_INPUT');
  expect(await client.predictMany([[1, 2, 3, 4]], { timeoutMs })).toMatchObject([
    { ok: false, error: { code: 'INVALID_INPUT' } },
  ]);
  expect(socket.sent).toEqual([]);
});

test.each(['', 'No Such', 'a@b', 'x'.repeat(100_000)])(
  'refuses a model that is no reference without sending',
  async (model) => {
    const { client, socket } = makeClient();
    socket.hello();

    expect(await outcome(client.predict([1, 2, 3, 4], { model }))).toBe('INVALID_INPUT');
    expect(socket.sent).toEqual([]);
  },
);
