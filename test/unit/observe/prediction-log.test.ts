import { expect, test } from 'vitest';
import { makeModel } from '../../support/core.js';
import { type LogStage, stageLog } from '../../support/prediction-log.js';

const numbers = (count: number, first = 0): number[][] => Array.from({ length: count }, (_, i) => [first + i]);

/** Lines, drops and unsampled rows add up to the predicted rows. */
function expectExact({ log, hub, files }: LogStage): void {
  const { written, dropped, leftOut, queuedRows } = log.counts;
  expect(files.lines).toHaveLength(written);
  expect(written + dropped + leftOut + queuedRows).toBe(hub.hub.stats.predicted);
}

test('each prediction becomes a line, in order, after 256 rows or 20 ms', async () => {
  const stage = await stageLog();
  await stage.predict(numbers(300));
  expect(stage.threads[0]?.posts.map((post) => post.type === 'rows' && post.rows)).toEqual([256]);
  stage.hub.clock.advance(19);
  expect(stage.threads[0]?.posts).toHaveLength(1);
  stage.hub.clock.advance(1);
  expect(stage.log.counts).toMatchObject({ written: 0, queuedRows: 300 });
  stage.work();

  expect(stage.lines().map(({ input }) => input)).toEqual(numbers(300));
  expect(stage.log.counts).toEqual({ written: 300, dropped: 0, leftOut: 0, writeErrors: 0, queuedRows: 0 });
  expect(stage.said).toEqual([]);
});

test('refusals, errors and what the hub asks itself are no lines', async () => {
  const stage = await stageLog();
  const own = stage.hub.hub.openOrigin('explainer', { internal: true });
  await stage.predict([[1], 'x', [2, 3]]);
  await stage.predict([[4]], { origin: own });
  stage.hub.send([5]);
  stage.hub.clock.turn();
  await stage.hub.engine.finish('failed');
  stage.hub.clock.advance(20);
  stage.work();

  expect(stage.lines().map(({ input, row }) => [input, row])).toEqual([
    [[1], 0],
    [[2], 0],
    [[3], 1],
  ]);
});

test('a full queue: rows are dropped and counted, the hub never waits, and lines go on when there is room', async () => {
  const stage = await stageLog({ parts: { maxQueueRows: 300 } });
  await stage.predict(numbers(500));

  expect(stage.hub.order).toHaveLength(500);
  expect(stage.log.counts).toMatchObject({ dropped: 200, queuedRows: 300 });
  stage.hub.clock.advance(20);
  stage.work();
  await stage.predict(numbers(10, 500));
  stage.hub.clock.advance(20);
  stage.work();

  expect(stage.log.counts).toMatchObject({ written: 310, dropped: 200 });
  expectExact(stage);
  expect(stage.lines().at(-1)).toMatchObject({ input: [509] });
  expect(stage.said).toEqual(['warn: the prediction log has trouble', 'info: the prediction log has recovered']);
});

test('no room on the disk for five seconds: predictions go on, what is lost is counted exactly, and lines come again', async () => {
  const stage = await stageLog({ parts: { maxQueueRows: 100_000 } });
  const ask = async (): Promise<void> => {
    await stage.predict(numbers(100));
    stage.hub.clock.advance(100);
    stage.work();
  };
  for (let i = 0; i < 10; i++) await ask();
  const before = stage.log.counts;
  // Somewhere within a line.
  stage.files.room = stage.files.lines.join('\n').length + 1234;
  for (let i = 0; i < 50; i++) await ask();
  const during = stage.log.counts;
  stage.files.room = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) await ask();

  expect(before).toEqual({ written: 1000, dropped: 0, leftOut: 0, writeErrors: 0, queuedRows: 0 });
  expect(stage.hub.order).toHaveLength(8000);
  // One attempt per second, not one per post.
  expect(during.writeErrors).toBe(5);
  // Until the next attempt, ten posts per second.
  expect(stage.log.counts.dropped - during.dropped).toBeLessThanOrEqual(1000);
  expect(stage.log.counts.written).toBeGreaterThanOrEqual(before.written + 1000);
  expectExact(stage);
  expect(stage.said).toEqual(['warn: the prediction log has trouble', 'info: the prediction log has recovered']);
});

test('trouble is told of once a minute, however much is lost', async () => {
  const stage = await stageLog();
  stage.files.failing.create = 'EACCES';
  for (let second = 0; second < 130; second++) {
    await stage.predict(numbers(2));
    stage.hub.clock.advance(1000);
    stage.work();
  }

  expect(stage.said).toEqual(Array(3).fill('warn: the prediction log has trouble'));
  expect(stage.log.counts).toMatchObject({ written: 0, dropped: 260 });
});

test('a sample: one row in so many, spread evenly, the others counted; each line says how many it stands for', async () => {
  const stage = await stageLog({ parts: { oneIn: 10 } });
  await stage.predict(numbers(2000));
  stage.hub.clock.advance(20);
  stage.work();
  const taken = stage.lines().map(({ input }) => (input as number[])[0] ?? 0);

  expect(stage.log.counts).toMatchObject({ leftOut: 2000 - taken.length, dropped: 0 });
  expect(taken.length).toBe(200);
  const gaps = taken.slice(1).map((at, i) => at - (taken[i] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(20);
  // With a feed of period ten, a fixed step would only select one kind of row.
  expect(new Set(taken.map((at) => at % 10)).size).toBe(10);
  expect(stage.lines()[0]).toMatchObject({ oneIn: 10 });
  expectExact(stage);
});

test('a thread that dies: its rows are counted as lost, rows meanwhile too, and another takes over in a second', async () => {
  const stage = await stageLog();
  await stage.predict(numbers(10));
  stage.hub.clock.advance(20);
  stage.work();
  await stage.predict(numbers(20));
  stage.hub.clock.advance(20);
  stage.threads[0]?.die();
  await stage.predict(numbers(5));
  expect(stage.log.counts).toMatchObject({ written: 10, dropped: 25, queuedRows: 0 });
  stage.hub.clock.advance(1000);
  expect(stage.threads).toHaveLength(2);
  await stage.predict(numbers(7));
  stage.hub.clock.advance(20);
  stage.work();

  expect(stage.log.counts).toMatchObject({ written: 17, dropped: 25 });
  expectExact(stage);
});

test('a clean close loses nothing, whatever waits', async () => {
  const stage = await stageLog();
  await stage.predict(numbers(300));
  const closed = Promise.all([stage.log.close(5000), stage.log.close(5000)]);
  stage.work();
  await closed;

  expect(stage.log.counts).toEqual({ written: 300, dropped: 0, leftOut: 0, writeErrors: 0, queuedRows: 0 });
  expectExact(stage);
  expect(stage.files.openFiles).toBe(0);
  expect(stage.said).toEqual([]);
});

test('what comes after the close is counted as lost', async () => {
  const stage = await stageLog();
  const closed = stage.log.close(5000);
  stage.work();
  await closed;
  await stage.predict(numbers(3));

  expect(stage.log.counts).toMatchObject({ written: 0, dropped: 3 });
  expect(stage.threads).toHaveLength(1);
});

test('a close that takes too long ends the thread, and counts what it still says', async () => {
  const stage = await stageLog();
  await stage.predict(numbers(512));
  const closed = stage.log.close(5000);
  stage.hub.clock.advance(5000);
  expect(stage.threads[0]?.isTerminated).toBe(true);
  stage.threads[0]?.work();
  stage.threads[0]?.die();
  await closed;

  expect(stage.log.counts).toMatchObject({ written: 256, dropped: 256 });
  expectExact(stage);
});

test('a thread that hangs in a call to the system does not hold the close', async () => {
  const stage = await stageLog();
  await stage.predict(numbers(10));
  const closed = stage.log.close(5000);
  stage.hub.clock.advance(6000);
  await closed;

  expect(stage.log.counts).toMatchObject({ written: 0, dropped: 10, queuedRows: 0 });
});

test('a thread that does not begin, and one that dies at once, are problems of the start', async () => {
  const slow = await stageLog({ isStarted: false });
  const late = slow.log.start();
  slow.hub.clock.advance(10_000);
  const dead = await stageLog({ isStarted: false });
  const failed = dead.log.start();
  dead.threads[0]?.die('no memory');
  slow.threads[0]?.die();

  expect(await late).toBe('the log’s thread did not start in time');
  expect(slow.threads[0]?.isTerminated).toBe(true);
  expect(await failed).toBe('the log’s thread did not start: no memory');
  expect([...slow.said, ...dead.said]).toEqual([]);
  await slow.log.close(1000);
});

test('a row that cannot be read again costs its line and no other', async () => {
  const model = makeModel('pair', { name: 'x', dtype: 'float32', shape: [2] });
  const stage = await stageLog({ models: [model] });
  const changed = [1, 2];
  stage.hub.send(changed);
  stage.hub.send([3, 4]);
  changed.length = 1;
  await stage.predict([]);
  stage.hub.clock.advance(20);
  stage.work();

  expect(stage.lines().map(({ input }) => input)).toEqual([[3, 4]]);
  expect(stage.log.counts).toMatchObject({ written: 1, dropped: 1 });
});
