import { expect, test } from 'vitest';
import { IRIS, makeClient, outcome, SENTIMENT } from './fake-socket.js';

const ROW = [1, 2, 3, 4];

test('waits for the hello before it sends anything', () => {
  const { client, socket } = makeClient();

  void client.predict(ROW);

  expect(socket.sent).toEqual([]);
  socket.hello();
  expect(socket.ids).toEqual([1]);
});

test('keeps at most maxInFlightRows rows unanswered and sends the rest in order as answers come', async () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 3 });

  for (let i = 0; i < 6; i++) void client.predict(ROW);

  expect(socket.ids).toEqual([1, 2, 3]);
  socket.answer(2);
  expect(socket.ids).toEqual([1, 2, 3, 4]);
  socket.answer(1);
  socket.answer(4);
  expect(socket.ids).toEqual([1, 2, 3, 4, 5, 6]);
});

test('counts the rows of a batch as the hub does', () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 4 });

  void client.predict([ROW, ROW, ROW]);
  void client.predict([ROW, ROW]);
  void client.predict(ROW);

  expect(socket.ids).toEqual([1]);
  socket.answer(1);
  expect(socket.ids).toEqual([1, 2, 3]);
});

test('does not overtake a large request that waits at the head of the line', () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 2 });

  void client.predict(ROW);
  void client.predict([ROW, ROW]);
  void client.predict(ROW);

  expect(socket.ids).toEqual([1]);
});

test('sends a request with more rows than the whole credit when nothing else is in flight', () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 2 });

  void client.predict([ROW, ROW, ROW, ROW]);

  expect(socket.ids).toEqual([1]);
});

test('counts texts of a text model, and of a model that is not known', () => {
  for (const models of [[SENTIMENT], [IRIS, SENTIMENT]]) {
    const { client, socket } = makeClient();
    socket.hello({ maxInFlightRows: 2 }, models);

    void client.predict(['a', 'b']);
    void client.predict('c');

    expect(socket.ids).toEqual([1]);
  }
});

test('refuses with OVERLOADED what would let more than maxQueuedRows rows wait', async () => {
  const { client, socket } = makeClient({ maxQueuedRows: 2 });

  const answers = [1, 2, 3].map(() => client.predict(ROW));

  expect(await Promise.all(answers.map(outcome))).toEqual(['pending', 'pending', 'OVERLOADED']);
  await expect(answers[2]).rejects.toMatchObject({
    retryable: true,
    message: expect.stringMatching(/not connected to http:\/\/hub\.test/),
  });
  socket.hello();
  expect(socket.ids).toEqual([1, 2]);
});

test('sends at once with a queue of no rows', () => {
  const { client, socket } = makeClient({ maxQueuedRows: 0 });
  socket.hello();

  void client.predict(ROW);

  expect(socket.ids).toEqual([1]);
});

test('follows limits that the hub changes on a live connection', () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 1 });
  for (let i = 0; i < 3; i++) void client.predict(ROW);

  socket.hello({ maxInFlightRows: 3 });

  expect(socket.ids).toEqual([1, 2, 3]);
});
