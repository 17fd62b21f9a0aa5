import { expect, test } from 'vitest';
import { makeClient, outcome } from './fake-socket.js';

const ROW = [1, 2, 3, 4];

test('sends unanswered requests again under the same ids, in order and before newer ones, after the next hello', () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  for (let i = 0; i < 3; i++) void client.predict(ROW);
  socket.answer(2);

  socket.lose();
  void client.predict(ROW);
  clock.advance(300);
  expect(socket.ids).toEqual([1, 2, 3]);
  socket.hello();

  expect(socket.ids).toEqual([1, 2, 3, 1, 3, 4]);
});

test('names the same session on every connection', () => {
  const { socket } = makeClient();

  expect(socket.auth).toEqual({
    protocol: 1,
    protocols: [1, 1],
    capabilities: expect.arrayContaining(['resume', 'handover']),
    session: 'session-1',
  });
});

test('sends what is left of the time with a request that is sent again', () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  void client.predict(ROW, { timeoutMs: 1000 });

  socket.lose();
  clock.advance(300);
  socket.hello();

  expect(socket.sent.map((request) => request.timeoutMs)).toEqual([1000, 700]);
});

test('does not send again what expired or was aborted while the connection was lost', async () => {
  const { client, socket, clock } = makeClient({ connectTimeoutMs: 60_000 });
  socket.hello();
  const controller = new AbortController();
  const expired = client.predict(ROW, { timeoutMs: 100 });
  const aborted = client.predict(ROW, { signal: controller.signal });
  socket.lose();

  controller.abort();
  clock.advance(400);
  socket.hello();

  expect(await Promise.all([expired, aborted].map(outcome))).toEqual(['DEADLINE_EXCEEDED', 'CANCELLED']);
  expect(socket.ids).toEqual([1, 2]);
});

test('takes an answer that a resumed session gives before the request is sent again', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const answer = client.predict(ROW);
  socket.lose();

  socket.answer(1, [1]);
  socket.hello();

  expect(await answer).toMatchObject({ prediction: [1] });
  expect(socket.ids).toEqual([1]);
});

test('settles a request with INTERNAL after three lost connections in place of sending it again', async () => {
  const { client, socket, clock } = makeClient();
  const suspect = client.predict(ROW, { timeoutMs: 60_000 });
  for (let i = 0; i < 3; i++) {
    socket.hello();
    expect(await outcome(suspect)).toBe('pending');
    socket.lose();
    clock.advance(300);
  }

  expect(await outcome(suspect)).toBe('INTERNAL');
  socket.hello();
  expect(socket.ids).toEqual([1, 1, 1]);
});

test('counts only losses that followed a sending', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello({ maxInFlightRows: 1 });
  void outcome(client.predict(ROW, { timeoutMs: 60_000 }));
  const waiting = client.predict(ROW, { timeoutMs: 60_000 });

  for (let i = 0; i < 4; i++) {
    socket.lose();
    clock.advance(300);
    socket.hello({ maxInFlightRows: 1 });
  }

  expect(await outcome(waiting)).toBe('pending');
  expect(socket.ids).toEqual([1, 1, 1, 2, 2]);
});

test('keeps to a smaller credit when it sends again', () => {
  const { client, socket } = makeClient();
  socket.hello({ maxInFlightRows: 4 });
  for (let i = 0; i < 4; i++) void client.predict(ROW);

  socket.lose();
  socket.hello({ maxInFlightRows: 2 });

  expect(socket.ids).toEqual([1, 2, 3, 4, 1, 2]);
});

test('keeps a request that could not leave because the loss was not reported yet', () => {
  const { client, socket } = makeClient();
  socket.hello();
  socket.writable = false;

  void client.predict(ROW);
  expect(socket.sent).toEqual([]);
  socket.lose();
  socket.hello();

  expect(socket.ids).toEqual([1]);
});

test('holds re-sent requests to the limits of the new connection', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const answer = client.predict(Array.from({ length: 4 }, () => 0.123456789));

  socket.lose();
  socket.hello({ maxJsonBytes: 64 });

  expect(await outcome(answer)).toBe('TOO_LARGE');
});
