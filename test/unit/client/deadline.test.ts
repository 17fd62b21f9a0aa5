import { expect, test } from 'vitest';
import { makeClient, outcome } from './fake-socket.js';

const ROW = [1, 2, 3, 4];

test('rejects a request that the hub leaves unanswered a grace after its timeout, and cancels it there', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const answer = client.predict(ROW, { timeoutMs: 500 });

  clock.advance(599);
  expect(await outcome(answer)).toBe('pending');
  clock.advance(10);

  expect(await outcome(answer)).toBe('DEADLINE_EXCEEDED');
  expect(socket.cancelled).toEqual([1]);
});

test('rejects a request that was never sent at its timeout and says why it was not', async () => {
  const { client, socket, clock } = makeClient();
  socket.listener.connectFailed('xhr poll error', undefined);
  const answer = client.predict(ROW, { timeoutMs: 200 });

  clock.advance(210);

  await expect(answer).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: expect.stringMatching(/xhr poll error/),
  });
  socket.hello();
  expect(socket.sent).toEqual([]);
});

test('counts the time from the call and sends what is left of it', () => {
  const { client, socket, clock } = makeClient();
  void client.predict(ROW, { timeoutMs: 1000 });

  clock.advance(400);
  socket.hello();

  expect(socket.sent[0]?.timeoutMs).toBe(600);
});

test('lets requests behind an expired one go', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello({ maxInFlightRows: 1 });
  const first = client.predict(ROW, { timeoutMs: 100 });
  void client.predict(ROW, { timeoutMs: 5000 });

  clock.advance(250);

  expect(await outcome(first)).toBe('DEADLINE_EXCEEDED');
  expect(socket.ids).toEqual([1, 2]);
});

test('holds one timer for the deadlines of all requests', () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const before = clock.timers;

  for (let i = 0; i < 500; i++) void client.predict(ROW, { timeoutMs: 1000 + i });

  expect(clock.timers).toBe(before + 1);
});

test('settles each of many deadlines, whatever their order', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  const times = [3000, 20, 700, 1, 20, 59_000, 5];
  const answers = times.map((timeoutMs) => client.predict(ROW, { timeoutMs }));

  const settled: number[] = [];
  for (const at of [150, 900, 3200, 60_000]) {
    clock.advance(at - clock.now());
    const outcomes = await Promise.all(answers.map(outcome));
    settled.push(outcomes.filter((each) => each === 'DEADLINE_EXCEEDED').length);
  }

  expect(settled).toEqual([4, 5, 6, 7]);
});

test('sets no timer again when nothing is left to expire', async () => {
  const { client, socket, clock } = makeClient();
  socket.hello();
  void client.predict(ROW);
  socket.answer(1);

  clock.advance(20_000);

  expect(clock.timers).toBe(0);
});

test('gives what a predictMany could not send in time DEADLINE_EXCEEDED and resolves', async () => {
  const { client, socket, clock } = makeClient();
  const results = client.predictMany(
    Array.from({ length: 1500 }, () => ROW),
    { timeoutMs: 100 },
  );

  clock.advance(120);

  expect((await results).filter((result) => !result.ok && result.error.code === 'DEADLINE_EXCEEDED')).toHaveLength(
    1500,
  );
  expect(socket.sent).toEqual([]);
});
