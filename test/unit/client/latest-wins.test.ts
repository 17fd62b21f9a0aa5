import { expect, test } from 'vitest';
import { makeClient, outcome } from './fake-socket.js';

const ROW = [1, 2, 3, 4];

/** A client whose credit is used up by request 1. */
function full(options = {}) {
  const made = makeClient(options);
  made.socket.hello({ maxInFlightRows: 1 });
  void outcome(made.client.predict(ROW));
  return made;
}

test('passes stream, key and timing on as they were given', () => {
  const { client, socket } = makeClient();
  socket.hello();

  void client.predict(ROW, { stream: 'live', key: 'k', timing: false });
  void client.predict(ROW, { stream: undefined, key: undefined, timing: undefined });

  expect(socket.sent).toEqual([
    { input: ROW, id: 1, timeoutMs: 10_000, stream: 'live', key: 'k', timing: false },
    { input: ROW, id: 2, timeoutMs: 10_000 },
  ]);
});

test.each([{ stream: '' }, { stream: '/x' }, { key: '' }, { key: 'k'.repeat(65) }, { model: 'No name' }])(
  'refuses %j without sending',
  async (options) => {
    const { client, socket } = makeClient();
    socket.hello();

    expect(await outcome(client.predict(ROW, options as object))).toBe('INVALID_INPUT');
    expect(socket.sent).toEqual([]);
  },
);

test('settles a waiting request with SUPERSEDED when a newer one with its key comes, which takes its place', async () => {
  const { client, socket } = full();
  const older = client.predict(ROW, { key: 'k' });
  const other = client.predict(ROW, { key: 'other' });
  const newer = client.predict([9, 9, 9, 9], { key: 'k' });

  expect(await Promise.all([older, other, newer].map(outcome))).toEqual(['SUPERSEDED', 'pending', 'pending']);
  socket.answer(1);
  socket.answer(4, [7]);
  socket.answer(3);

  expect(socket.ids).toEqual([1, 4, 3]);
  expect(await newer).toMatchObject({ prediction: [7] });
});

test('a key counts within one model reference only', async () => {
  const { client } = full();
  const answers = [
    client.predict(ROW, { key: 'k' }),
    client.predict(ROW, { key: 'k', model: 'iris' }),
    client.predict(ROW, { key: 'k', model: 'iris@1' }),
  ];

  expect(await Promise.all(answers.map(outcome))).toEqual(['pending', 'pending', 'pending']);
});

test('leaves a request that was sent to the hub: it may answer both', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const first = client.predict(ROW, { key: 'k' });
  const second = client.predict(ROW, { key: 'k' });

  expect(socket.ids).toEqual([1, 2]);
  expect(socket.cancelled).toEqual([]);
  socket.refuse(1, 'SUPERSEDED', { retryable: false });
  socket.answer(2);

  expect(await Promise.all([outcome(first), outcome(second)])).toMatchObject(['SUPERSEDED', { model: 'iris@1' }]);
});

test('does not send again what a newer request with its key makes needless', async () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 2 });
  const sent = [client.predict(ROW, { key: 'k' }), client.predict(ROW)];
  const waiting = client.predict(ROW, { key: 'k' });

  socket.lose();
  socket.hello();

  expect(await Promise.all([...sent, waiting].map(outcome))).toEqual(['SUPERSEDED', 'pending', 'pending']);
  expect(socket.ids).toEqual([1, 2, 2, 3]);
});

test('of several that were sent with one key only the newest is sent again', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const answers = [1, 2, 3].map(() => client.predict(ROW, { key: 'k' }));

  socket.lose();
  socket.hello();

  expect(await Promise.all(answers.map(outcome))).toEqual(['SUPERSEDED', 'SUPERSEDED', 'pending']);
  expect(socket.ids).toEqual([1, 2, 3, 3]);
});

test('a thousand newer requests with one key wait as one', async () => {
  const { client, socket } = full({ maxQueuedRows: 1 });
  const answers = Array.from({ length: 1_000 }, () => client.predict(ROW, { key: 'k' }));

  const outcomes = await Promise.all(answers.map(outcome));
  socket.answer(1);

  expect(outcomes.filter((each) => each === 'SUPERSEDED')).toHaveLength(999);
  expect(outcomes.at(-1)).toBe('pending');
  expect(socket.ids).toEqual([1, 1001]);
});

test('a request that left the line has no place in it any more', async () => {
  const { client, socket } = full();
  const first = client.predict(ROW, { key: 'k' });
  socket.answer(1);
  const second = client.predict(ROW, { key: 'k' });
  socket.answer(2, [2]);
  const third = client.predict(ROW, { key: 'k' });
  socket.answer(3, [3]);
  socket.answer(4, [4]);

  expect(await Promise.all([first, second, third])).toMatchObject([2, 3, 4].map((value) => ({ prediction: [value] })));
});

test('the older stays when there is no room for the newer', async () => {
  const { client, socket } = makeClient({ maxQueuedRows: 1 });
  socket.hello({ maxInFlightRows: 2 });
  void outcome(client.predict([ROW, ROW]));
  const older = client.predict(ROW, { key: 'k' });
  const newer = client.predict([ROW, ROW], { key: 'k' });

  expect(await Promise.all([older, newer].map(outcome))).toEqual(['pending', 'OVERLOADED']);
});

test('sends a smaller newer request that fits where the older did not', () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 2 });
  void outcome(client.predict(ROW));
  void outcome(client.predict([ROW, ROW], { key: 'k' }));
  expect(socket.ids).toEqual([1]);

  void client.predict(ROW, { key: 'k' });

  expect(socket.ids).toEqual([1, 3]);
});

test('counts a key whose characters need escapes into the size of a request', async () => {
  const { client, socket } = makeClient();
  socket.hello({ maxJsonBytes: 400 });

  expect(await outcome(client.predict(ROW, { key: '\u0001'.repeat(64) }))).toBe('TOO_LARGE');
  expect(await outcome(client.predict(ROW, { key: 'k'.repeat(64) }))).toBe('pending');
  expect(socket.sent).toHaveLength(1);
});
