import { describe, expect, test } from 'vitest';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { makeHub, makeModel, TestHub } from '../../support/core.js';

describe('the tick', () => {
  test('an idle engine starts at the end of the turn with all that came in it', () => {
    const t = makeHub();
    t.send([1]);
    t.send([2]);
    t.send([3]);
    expect(t.engine.runs).toEqual([]);

    t.clock.turn();

    expect(t.engine.runs.map((run) => run.values)).toEqual([[1, 2, 3]]);
  });

  test('a busy engine collects, and its completion is the next tick', async () => {
    const t = makeHub();
    t.send([1]);
    t.clock.turn();
    t.send([2]);
    t.send([3]);
    t.clock.advance(5);
    expect(t.engine.runs).toHaveLength(1);

    await t.engine.finish();
    t.clock.turn();

    expect(t.engine.runs.map((run) => run.values)).toEqual([[1], [2, 3]]);
  });

  test('tickMs holds an idle engine for more rows', () => {
    const t = makeHub({ tickMs: 5 });
    t.send([1]);
    t.clock.advance(4);
    t.send([2]);
    expect(t.engine.runs).toEqual([]);

    t.clock.advance(1);

    expect(t.engine.runs.map((run) => run.values)).toEqual([[1, 2]]);
  });

  test('no timer runs while nothing is in flight', async () => {
    const t = makeHub();
    t.send([1]);
    t.clock.turn();
    await t.engine.finish();
    t.clock.advance(100);

    expect(t.clock.timers).toBe(0);
  });

  test('as many batches run at a time as the engine has slots', () => {
    const t = new TestHub(new PuppetEngine(2), { maxBatchRows: 1 });
    for (let i = 0; i < 5; i++) t.send([i]);

    t.clock.turn();

    expect(t.engine.running).toBe(2);
  });
});

describe('a batch', () => {
  test('holds no more rows than the cost line allows within maxBatchMs', () => {
    const slow = makeModel('slow', undefined, { overheadMs: 10, rowMs: 4, byteMs: 0 });
    const t = makeHub({ maxBatchMs: 50 }, [slow]);
    for (let i = 0; i < 30; i++) t.send([i]);

    t.clock.turn();

    expect(t.engine.runs[0]?.rows).toBe(10);
  });

  test('shrinks so that an urgent row is done in time, but not below half efficiency', () => {
    const slow = makeModel('slow', undefined, { overheadMs: 10, rowMs: 2, byteMs: 0 });
    const t = makeHub({ maxBatchMs: 500 }, [slow]);
    t.send([0], { timeoutMs: 30 });
    for (let i = 1; i < 40; i++) t.send([i]);
    t.clock.turn();
    expect(t.engine.runs[0]?.rows).toBe(10);

    const u = makeHub({ maxBatchMs: 500 }, [slow]);
    u.send([0], { timeoutMs: 13 });
    for (let i = 1; i < 40; i++) u.send([i]);
    u.clock.turn();
    expect(u.engine.runs[0]?.rows).toBe(5);
  });

  test('takes rows in turn between origins, so that a flood does not starve the others', () => {
    const t = makeHub({ maxBatchRows: 40, maxInFlightRows: 1000 });
    const quiet = t.hub.openOrigin('quiet');
    for (let i = 0; i < 100; i++) t.send([i]);
    t.send([1000], { origin: quiet });

    t.clock.turn();

    expect(t.engine.runs[0]?.values).toContain(1000);
  });

  test('never mixes models', async () => {
    const t = makeHub({}, [makeModel('a'), makeModel('b')]);
    t.send([1], { model: 'a' });
    t.send([2], { model: 'b' });
    t.send([3], { model: 'a' });

    t.clock.turn();
    await t.engine.finish();
    t.clock.turn();

    expect(t.engine.runs.map((run) => run.values)).toEqual([[1, 3], [2]]);
  });

  test('a request larger than a batch is split and answered whole', async () => {
    const t = makeHub({ maxBatchRows: 4 });
    const sent = t.send([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (let i = 0; i < 3; i++) {
      t.clock.turn();
      await t.engine.finish();
    }

    expect(sent.values).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  });

  test('texts reach the engine as they were sent, in any script', async () => {
    const t = makeHub({}, [makeModel('text', { name: 'text', dtype: 'string', shape: [] })]);
    const texts = ['plain', '', 'Größe', '日本語', '🙂🙃', 'שלום'];
    const sent = t.send(texts);

    t.clock.turn();
    await t.engine.finish();

    expect(t.engine.runs[0]?.values).toEqual(texts);
    expect(sent.values).toEqual(texts.map((text) => text.length));
  });
});

describe('a large batch', () => {
  test('is delivered over several turns, so that no turn is long, and its buffer is not used again before', async () => {
    const t = makeHub();
    const sent = Array.from({ length: 60 }, (_, i) => t.send([i], { id: i }));
    t.clock.turn();
    await t.engine.finish();
    const first = sent.filter((one) => one.settlements > 0).length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(60);
    t.send([100]);
    t.hub.cancelById(t.origin, 59);

    t.clock.turn();

    expect(sent.map((one) => one.settlements)).toEqual(Array(60).fill(1));
    expect(sent.slice(0, 59).map((one) => one.values)).toEqual(Array.from({ length: 59 }, (_, i) => [2 * i]));
    expect(sent[59]?.error?.code).toBe('CANCELLED');
  });

  test('is followed when it is delivered, unless enough rows wait to be worth a batch at once', async () => {
    const t = makeHub();
    for (let i = 0; i < 60; i++) t.send([i]);
    t.clock.turn();
    await t.engine.finish();
    t.send([100]);
    expect(t.engine.runs).toHaveLength(1);
    t.clock.turn();
    t.clock.turn();
    expect(t.engine.runs.map((run) => run.rows)).toEqual([60, 1]);

    const eager = makeHub();
    for (let i = 0; i < 60; i++) eager.send([i]);
    eager.clock.turn();
    for (let i = 0; i < 20; i++) eager.send([i]);
    await eager.engine.finish();
    expect(eager.engine.runs.map((run) => run.rows)).toEqual([60, 20]);
  });

  test('of one caller holds up nobody else, while its own next requests wait for its end', async () => {
    const t = makeHub({ maxBatchRows: 256 });
    for (let i = 0; i < 200; i++) t.send([i]);
    t.clock.turn();
    await t.engine.finish();
    t.send([200]);
    t.clock.turn();
    expect(t.engine.runs.map((run) => run.rows)).toEqual([200]);

    t.send([1000], { origin: t.hub.openOrigin('quiet') });
    t.clock.turn();
    expect(t.engine.runs.map((run) => run.rows)).toEqual([200, 2]);
  });

  test('of several callers is waited for by all that they send meanwhile', async () => {
    const t = makeHub({ maxBatchRows: 256 });
    const other = t.hub.openOrigin('other');
    for (let i = 0; i < 100; i++) {
      t.send([i]);
      t.send([i], { origin: other });
    }
    t.clock.turn();
    await t.engine.finish();
    t.send([200]);
    t.send([200], { origin: other });
    t.clock.turn();
    expect(t.engine.runs.map((run) => run.rows)).toEqual([200]);
  });
});

describe('a request that is not answered with a prediction', () => {
  test('cancelled while queued: is not computed', async () => {
    const t = makeHub();
    t.send([1]);
    t.clock.turn();
    const cancelled = t.send([2], { id: 'b' });
    t.send([3]);

    expect(t.hub.cancelById(t.origin, 'b')).toBe(true);
    await t.engine.finish();
    t.clock.turn();

    expect(cancelled.error?.code).toBe('CANCELLED');
    expect(t.engine.runs[1]?.values).toEqual([3]);
    expect(t.hub.cancelById(t.origin, 'b')).toBe(false);
  });

  test('cancelled while running: is settled at once and its result is dropped', async () => {
    const t = makeHub();
    const sent = t.send([1], { id: 7 });
    t.clock.turn();
    t.hub.cancelById(t.origin, 7);
    await t.engine.finish();

    expect(sent).toMatchObject({ settlements: 1, error: { code: 'CANCELLED' } });
  });

  test('expired while queued: DEADLINE_EXCEEDED promptly, though the engine is busy', () => {
    const t = makeHub();
    t.send([1]);
    t.clock.turn();
    const sent = t.send([2], { timeoutMs: 50 });

    t.clock.advance(60);

    expect(sent).toMatchObject({ settlements: 1, error: { code: 'DEADLINE_EXCEEDED', retryable: true } });
  });

  test('its connection closed: its rows are not computed and its slots are free again', async () => {
    const t = makeHub({ maxQueueRows: 4, maxBatchRows: 1 });
    const gone = t.hub.openOrigin('gone');
    t.send([1]);
    t.clock.turn();
    for (let i = 0; i < 4; i++) t.send([i], { origin: gone });
    expect(t.send([5]).refusal?.code).toBe('OVERLOADED');

    expect(t.hub.closeOrigin(gone)).toBe(4);

    expect(t.send([5]).refusal).toBeUndefined();
    await t.engine.finish();
    t.clock.turn();
    expect(t.engine.runs[1]?.values).toEqual([5]);
  });
});

describe('admission', () => {
  test('a full queue refuses with a time to wait', () => {
    const t = makeHub({ maxQueueRows: 2 });
    t.send([1]);
    t.send([2]);

    expect(t.send([3]).refusal).toMatchObject({
      code: 'OVERLOADED',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
  });

  test('more rows in flight than the credit of the connection are refused, and others are not', () => {
    const t = makeHub({ maxInFlightRows: 3 });
    t.send([1, 2]);

    expect(t.send([3, 4]).refusal).toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringContaining('may have 3'),
    });
    expect(t.send([3]).refusal).toBeUndefined();
    expect(t.send([1], { origin: t.hub.openOrigin('other') }).refusal).toBeUndefined();
  });

  test('an expected wait over the timeout refuses at once', () => {
    const t = makeHub({}, [makeModel('slow', undefined, { overheadMs: 100, rowMs: 100, byteMs: 0 })]);
    for (let i = 0; i < 10; i++) t.send([i]);

    const sent = t.send([11], { timeoutMs: 500 });

    expect(sent.refusal).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1500 });
    expect(t.send([12], { timeoutMs: 5000 }).refusal).toBeUndefined();
  });

  test('an id in flight is refused, the original goes on, and the id is free after its answer', async () => {
    const t = makeHub();
    const first = t.send([1], { id: 'a' });
    expect(t.send([2], { id: 'a' }).refusal?.code).toBe('DUPLICATE_ID');
    expect(t.send([2], { id: 'a', origin: t.hub.openOrigin('other') }).refusal).toBeUndefined();

    t.clock.turn();
    await t.engine.finish();

    expect(first.values).toEqual([2]);
    expect(t.send([2], { id: 'a' }).refusal).toBeUndefined();
  });

  test('an unknown model and a bad input are refused, and nothing of them is kept', () => {
    const t = makeHub({ maxQueueRows: 1 });
    expect(t.send([1], { model: 'nope' }).refusal?.code).toBe('MODEL_NOT_FOUND');
    expect(t.send([Number.NaN]).refusal?.code).toBe('INVALID_INPUT');
    expect(t.send(['x']).refusal?.code).toBe('INVALID_INPUT');

    expect(t.send([1]).refusal).toBeUndefined();
    expect(t.hub.inFlight).toBe(1);
  });
});

describe('a failing engine', () => {
  test('a lost batch is run again in halves, and only the poison row fails', async () => {
    const t = makeHub();
    const sent = Array.from({ length: 8 }, (_, i) => t.send([i], { id: i }));
    t.clock.turn();
    while (t.engine.running > 0) {
      const poisoned = t.engine.runs.at(-1)?.values.includes(5);
      await t.engine.finish(poisoned ? 'lost' : 'done');
      t.clock.turn();
    }

    expect(sent.filter((one) => one.error !== undefined).map((one) => one.pending?.id)).toEqual([5]);
    expect(sent[5]?.error).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(sent.map((one) => one.settlements)).toEqual(Array(8).fill(1));
    expect(sent[4]?.values).toEqual([8]);
    expect(t.engine.runs.map((run) => run.rows)).toEqual([8, 4, 4, 2, 1, 1, 2]);
  });

  test('parts of a failed batch are watched more closely than a first run', async () => {
    const t = makeHub({ watchdogMs: 2000 });
    for (let i = 0; i < 4; i++) t.send([i]);
    t.clock.turn();
    await t.engine.finish('lost');
    t.clock.turn();
    await t.engine.finish('lost');
    t.clock.turn();

    expect(t.engine.runs.map((run) => run.hangMs)).toEqual([2000, 250, 2000]);
  });

  test('a poison row fails its whole request, and other rows of that request are not run again', async () => {
    const t = makeHub();
    const bad = t.send([1, 2, 3, 4]);
    t.clock.turn();
    for (let i = 0; i < 3; i++) {
      await t.engine.finish('failed');
      t.clock.turn();
    }

    expect(bad).toMatchObject({ settlements: 1, error: { code: 'ENGINE_FAILED' } });
    expect(t.engine.running).toBe(0);
  });

  test('rows cancelled between a failure and its repeat are not run again', async () => {
    const t = makeHub();
    for (let i = 0; i < 4; i++) t.send([i], { id: i });
    t.clock.turn();
    await t.engine.finish('lost');
    t.hub.cancelById(t.origin, 3);
    t.clock.turn();
    await t.engine.finish();
    t.clock.turn();

    expect(t.engine.runs.map((run) => run.values)).toEqual([[0, 1, 2, 3], [0, 1], [2]]);
  });
});

describe('drain', () => {
  test('refuses new requests, finishes what was accepted and reports it', async () => {
    const t = makeHub();
    const sent = t.send([1]);
    const drained = t.hub.drain(1000);
    expect(t.send([2]).refusal).toMatchObject({ code: 'DRAINING', retryable: true });
    t.clock.turn();
    await t.engine.finish();

    expect(await drained).toMatchObject({ accepted: 1, settled: 1, refused: 1, abandoned: 0 });
    expect(sent.values).toEqual([2]);
    expect(t.hub.state).toBe('closed');
    expect(t.clock.timers).toBe(0);
  });

  test('what is left after the grace is settled DRAINING and counted', async () => {
    const t = makeHub();
    const sent = t.send([1]);
    const drained = t.hub.drain(100);
    t.clock.advance(100);

    expect(await drained).toMatchObject({ accepted: 1, settled: 1, abandoned: 1, tookMs: 100 });
    expect(sent.error?.code).toBe('DRAINING');
    expect(t.hub.drain(1)).toBe(t.hub.drain(1));
  });
});

test('a settle function that throws costs no other request its answer', async () => {
  const t = makeHub();
  t.hub.submit({ input: [1], id: undefined, model: undefined, timeoutMs: 1000 }, t.origin, () => {
    throw new Error('transport bug');
  });
  const sent = t.send([2]);
  t.clock.turn();
  await t.engine.finish();

  expect(sent.values).toEqual([4]);
  expect(t.events.filter(({ type }) => type === 'fault')).toHaveLength(1);
});

test('the in-process form resolves to the prediction and rejects with the code', async () => {
  const t = makeHub();
  const answered = t.hub.predict({ input: [21], timing: false });
  const refused = t.hub.predict({ input: 'text' });
  t.clock.turn();
  await t.engine.finish();

  expect(await answered).toEqual({ prediction: [[42]], model: 'twice@1' });
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', retryable: false });
});
