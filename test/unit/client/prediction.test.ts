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

  socket.listener.answers.prediction({ id: 1, n: 0, prediction: [1], model: 'iris@1', timing: TIMING });

  expect((await answer).timing).toEqual({ ...TIMING, roundTripUs: 1_235 });
});

test('counts from before the request leaves: encoding it takes time, and the hub does not wait for that', async () => {
  const { client, socket, clock } = makeClient();
  const readings: number[] = [];
  socket.hello();
  socket.onPredict = () => {
    readings.push(clock.now());
    clock.advance(5);
  };
  const answer = client.predict(ROW);
  clock.advance(2);

  socket.listener.answers.prediction({
    id: 1,
    n: 0,
    prediction: [1],
    model: 'iris@1',
    timing: { ...TIMING, totalUs: 6500 },
  });

  expect((await answer).timing?.roundTripUs).toBe(7000);
  expect(readings).toEqual([0]);
});

test('counts from the first sending when the hub was at work on the request before it was sent again', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const answer = client.predict(ROW);
  clock.advance(20);
  socket.lose();
  clock.advance(300);
  socket.hello();
  clock.advance(3);

  const timing = { ...TIMING, queueUs: 310_000, totalUs: 310_050 };
  socket.listener.answers.prediction({ id: 1, n: 0, prediction: [1], model: 'iris@1', timing });

  expect((await answer).timing?.roundTripUs).toBe(323_000);
});

test('counts each of many from its own sending, not from the call', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello({ maxInFlightRows: 1 });
  const answers = client.predictMany([ROW, ROW]);
  clock.advance(40);
  socket.listener.answers.prediction({ id: 1, n: 0, prediction: [1], model: 'iris@1', timing: TIMING });
  clock.advance(2);
  socket.listener.answers.prediction({ id: 2, n: 1, prediction: [1], model: 'iris@1', timing: TIMING });

  const trips = (await answers).map((result) => result.ok && result.value.timing?.roundTripUs);
  expect(trips).toEqual([40_000, 2000]);
});

test('a ping takes from before it leaves', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  socket.onSend = () => clock.advance(4);
  const ping = client.ping();
  clock.advance(1);
  socket.reply('echo', undefined);

  expect(await ping).toBe(5);
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

  socket.listener.answers.prediction({ id: 1, n: 0, prediction: [1], model: 'iris@1', timing });

  expect(await answer).toEqual({ prediction: [1], model: 'iris@1' });
});
