import { expect, test } from 'vitest';
import { makeClient, outcome } from './fake-socket.js';

const ROW = [1, 2, 3, 4];

/** A signal that counts its listeners. */
function countingSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count -= 1;
    remove(...args);
  };
  return { controller, listeners: () => count };
}

test('rejects at once with CANCELLED and the reason when the signal is aborted already', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const reason = new Error('page left');

  const answer = client.predict(ROW, { signal: AbortSignal.abort(reason) });

  await expect(answer).rejects.toMatchObject({ code: 'CANCELLED', cause: reason });
  expect(socket.sent).toEqual([]);
});

test('takes an aborted request out of the line, so that it is never sent', async () => {
  const { client, socket } = makeClient();
  const controller = new AbortController();
  const aborted = client.predict(ROW, { signal: controller.signal });
  void client.predict(ROW);

  controller.abort();
  socket.hello();

  expect(await outcome(aborted)).toBe('CANCELLED');
  expect(socket.ids).toEqual([2]);
  expect(socket.cancelled).toEqual([]);
});

test('cancels a request in flight at the hub, ignores its late answer and gives its credit away', async () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 1 });
  const controller = new AbortController();
  const aborted = client.predict(ROW, { signal: controller.signal });
  void client.predict(ROW);

  controller.abort();

  expect(socket.cancelled).toEqual([1]);
  expect(socket.ids).toEqual([1, 2]);
  socket.answer(1);
  expect(await outcome(aborted)).toBe('CANCELLED');
});

test('does nothing when the signal is aborted after the answer', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const { controller, listeners } = countingSignal();
  const answer = client.predict(ROW, { signal: controller.signal });
  socket.answer(1, [1]);

  controller.abort();

  expect(await answer).toMatchObject({ prediction: [1] });
  expect(socket.cancelled).toEqual([]);
  expect(listeners()).toBe(0);
});

test('listens once to a signal that many requests share, and not at all when they are settled', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const { controller, listeners } = countingSignal();
  const answers = Array.from({ length: 200 }, () => client.predict(ROW, { signal: controller.signal }));

  expect(listeners()).toBe(1);
  for (const id of socket.ids) socket.answer(id);
  await Promise.all(answers);

  expect(listeners()).toBe(0);
});

test('aborts all inputs of a predictMany and resolves', async () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 2 });
  const controller = new AbortController();
  const results = client.predictMany(
    Array.from({ length: 2000 }, () => ROW),
    { signal: controller.signal },
  );
  socket.answer(1);
  await outcome(results);

  controller.abort();

  const codes = (await results).map((result) => (result.ok ? 'ok' : result.error.code));
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(codes.filter((code) => code === 'CANCELLED')).toHaveLength(1999);
});
