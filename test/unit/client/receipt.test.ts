import { expect, test } from 'vitest';
import { makeClient } from './fake-socket.js';

const ROW = [1, 2, 3, 4];
const TIMING = { queueUs: 10, batchUs: 20, inferUs: 30, totalUs: 60, batchRows: 4, engine: 'tfjs-native' };

test('adds the round trip, in whole microseconds from the last sending, to the receipt', async () => {
  const { client, socket, clock } = makeClient();
  const answer = client.predict(ROW);
  clock.advance(50);
  socket.hello();
  socket.lose();
  clock.advance(300);
  socket.hello();
  clock.advance(1.2345);

  socket.listener.prediction({ id: 1, n: 0, prediction: [1], model: 'iris@1', timing: TIMING });

  expect((await answer).timing).toEqual({ ...TIMING, roundTripUs: 1_235 });
});

test.each([
  ['is missing', undefined],
  ['is no object', 7],
  ['lacks a part', { ...TIMING, inferUs: undefined }],
  ['has a negative part', { ...TIMING, queueUs: -1 }],
  ['has a part without end', { ...TIMING, totalUs: Number.POSITIVE_INFINITY }],
  ['names no engine', { ...TIMING, engine: null }],
])('gives the answer without a receipt that %s', async (_what, timing) => {
  const { client, socket } = makeClient();
  socket.hello();
  const answer = client.predict(ROW);

  socket.listener.prediction({ id: 1, n: 0, prediction: [1], model: 'iris@1', timing });

  expect(await answer).toEqual({ prediction: [1], model: 'iris@1' });
});
