import { describe, expect, test } from 'vitest';
import type { BatchOutcome, Engine, EngineModel, PackedBatch } from '../../../server/contracts/engine.js';
import type { Origin } from '../../../server/core/requests/request.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { makeHub, makeModel, TestHub } from '../../support/core.js';

/** Takes the given time for a batch, on the hub's clock. */
class TimedEngine implements Engine {
  readonly slots: number;
  clock = new ManualClock();
  rows = 0;
  readonly #batchMs: (rows: number) => number;

  constructor(slots: number, batchMs: (rows: number) => number) {
    this.slots = slots;
    this.#batchMs = batchMs;
  }

  run(_model: EngineModel, { rows, buffer }: PackedBatch): Promise<BatchOutcome> {
    this.rows += rows;
    return new Promise((settle) => {
      this.clock.setTimer(this.#batchMs(rows), () => settle({ status: 'done', buffer, inferUs: 1 }));
    });
  }
}

interface Crowd {
  readonly clients: number;
  readonly principals: number;
  /** Rows of each request. */
  readonly rows: number;
  readonly options?: object;
  readonly slots?: number;
  /** How many times slower the engine is than its warm-up. */
  readonly slowness?: number;
  readonly ids?: boolean;
  /** Open requests per client. */
  readonly window?: number;
  /** Fraction of clients that never retry when refused, but send new requests immediately. */
  readonly impatient?: number;
  /** Milliseconds before counting starts, for the hub to measure an engine that differs from its warm-up. */
  readonly unmeasuredMs?: number;
  /** Minimum fraction of retries that must be admitted. */
  readonly least?: number;
}

/** Clients that ask again as soon as they are answered, and at `retryAfterMs` when refused. */
async function crowd({
  clients,
  principals,
  rows,
  options,
  slots = 1,
  slowness = 1,
  ids = false,
  window = 1,
  impatient = 0,
  unmeasuredMs = 0,
}: Crowd) {
  const engine = new TimedEngine(slots, (count) => slowness * (2 + 0.5 * count));
  const model = makeModel('timed', undefined, { overheadMs: 2, rowMs: 0.5, byteMs: 0 });
  const t = new TestHub(engine, { maxQueueRows: 512, maxBatchRows: 4096, ...options }, [model]);
  engine.clock = t.clock;
  const input = new Array(rows).fill(1);
  const counts = { retries: 0, accepted: 0, told: new Set<number>(), longestMs: 0 };
  let lastId = 0;
  const ask = (origin: Origin, id: number | undefined, isRetry: boolean, isPatient: boolean): void => {
    const request = { input, id, model: undefined, timeoutMs: 30_000 };
    const verdict = t.hub.submit(request, origin, () => ask(origin, ids ? ++lastId : undefined, false, isPatient));
    const isCounted = isRetry && isPatient && t.clock.now() >= unmeasuredMs;
    if (isCounted) counts.retries += 1;
    if (verdict.accepted) {
      if (isCounted) counts.accepted += 1;
      return;
    }
    const { retryAfterMs = 0 } = verdict.error;
    counts.told.add(retryAfterMs);
    counts.longestMs = Math.max(counts.longestMs, retryAfterMs);
    t.clock.setTimer(isPatient ? retryAfterMs : 5, () => ask(origin, id, true, isPatient));
  };
  for (let i = 0; i < clients; i++) {
    const origin = t.hub.openOrigin(`c${i}`, { principal: `p${i % principals}` });
    for (let w = 0; w < window; w++) ask(origin, ids ? ++lastId : undefined, false, i >= impatient * clients);
  }
  for (let ms = 0; ms < 4000; ms++) {
    t.clock.advance(1);
    for (let i = 0; i < 6; i++) await Promise.resolve();
    t.clock.turn();
  }
  const capacity = (slots * 4000) / slowness / 0.5;
  return { ...counts, share: counts.accepted / counts.retries, goodput: engine.rows / capacity };
}

describe('nine of ten who come again after retryAfterMs are let in', () => {
  test.each<[string, Crowd]>([
    ['twice what the queue holds', { clients: 128, principals: 1, rows: 8 }],
    ['five times what the queue holds', { clients: 320, principals: 1, rows: 8 }],
    ['of requests of 64 rows', { clients: 40, principals: 1, rows: 64 }],
    ['of many principals', { clients: 320, principals: 10, rows: 8 }],
    [
      'with an engine of half the expected speed',
      { clients: 320, principals: 1, rows: 8, slowness: 2, unmeasuredMs: 2000 },
    ],
    ['with an engine of twice the expected speed', { clients: 320, principals: 1, rows: 8, slowness: 0.5 }],
    ['with two slots', { clients: 320, principals: 2, rows: 8, slots: 2 }],
    ['beyond the rows of a principal', { clients: 128, principals: 1, rows: 8, options: { maxPrincipalRows: 256 } }],
    [
      'beyond the credit of a session, with ids',
      {
        clients: 4,
        principals: 4,
        rows: 8,
        window: 64,
        ids: true,
        options: { maxInFlightRows: 256, maxQueueRows: 4096 },
      },
    ],
    [
      'beyond the credit of a session, without ids',
      {
        clients: 4,
        principals: 4,
        rows: 8,
        window: 64,
        options: { maxInFlightRows: 256, maxQueueRows: 4096 },
        least: 0.8,
      },
    ],
    ['beside a fifth that never waits', { clients: 200, principals: 1, rows: 8, impatient: 0.2 }],
  ])('%s', async (_name, plan) => {
    const result = await crowd(plan);

    expect(result.retries).toBeGreaterThan(90);
    expect(result.share).toBeGreaterThanOrEqual(plan.least ?? 0.9);
    expect(result.goodput).toBeGreaterThan(0.85);
    expect(result.longestMs).toBeLessThanOrEqual(10_000);
    expect(result.told.size).toBeGreaterThan(3);
  });
});

describe('what is known before a request is read', () => {
  test('is that it will be refused when there is no credit, no share or no room for so many rows, and nothing else', () => {
    const t = makeHub({ maxInFlightRows: 4, maxPrincipalRows: 6 });
    const [a, b] = ['a', 'b'].map((name) => t.hub.openOrigin(name, { principal: 'one' }));
    if (a === undefined || b === undefined) throw new Error('two origins');
    expect(t.hub.refusesNow(a)).toBeUndefined();
    t.send([1, 2, 3], { origin: a });
    expect(t.hub.refusesNow(a)).toBeUndefined();
    expect(t.hub.refusesNow(a, { rows: 2 })).toMatchObject({ code: 'OVERLOADED', retryAfterMs: expect.any(Number) });
    t.send([1, 2], { origin: b });
    expect(t.hub.refusesNow(b, { rows: 2 })).toMatchObject({ code: 'OVERLOADED' });
    expect(t.hub.refusesNow(b)).toBeUndefined();
    expect(t.hub.refusesNow(t.origin)).toBeUndefined();
    expect(t.hub.stats.refused).toBe(0);
  });

  test('is that the queue of its model is full, where that is known', () => {
    const t = makeHub({ maxQueueRows: 16 });
    for (let i = 0; i < 16; i++) t.send([i]);
    expect(t.hub.refusesNow(t.origin)).toBeUndefined();
    expect(t.hub.refusesNow(t.origin, { model: 'twice' })).toMatchObject({ code: 'OVERLOADED' });
    expect(t.hub.refusesNow(t.origin, { model: 'nobody' })).toBeUndefined();
  });

  test('is nothing of a caller with a key, whose newer request may take the place of the older', () => {
    const t = makeHub({ maxInFlightRows: 1 });
    const keyed = { input: [1], id: undefined, model: undefined, timeoutMs: 1000, key: 'k' };
    expect(t.hub.submit(keyed, t.origin, () => {}).accepted).toBe(true);
    expect(t.hub.refusesNow(t.origin)).toBeUndefined();
    expect(t.hub.submit(keyed, t.origin, () => {}).accepted).toBe(true);
  });

  test('is that a hub that drains takes nothing', () => {
    const t = makeHub();
    t.send([1]);
    void t.hub.drain(1000);
    expect(t.hub.refusesNow(t.origin)).toMatchObject({ code: 'DRAINING' });
  });

  test('keeps its place for a request that was refused unread, whatever id it turns out to have', async () => {
    const t = makeHub({ maxInFlightRows: 4, maxBatchRows: 1 });
    for (let i = 0; i < 4; i++) t.send([i]);
    const refused = t.hub.refusesNow(t.origin);
    expect(refused?.retryAfterMs).toBeGreaterThan(0);
    t.clock.turn();
    await t.engine.finish();
    t.clock.advance(1 + (refused?.retryAfterMs ?? 0));

    expect(t.hub.refusesNow(t.origin)).toBeUndefined();
    expect(t.send([5], { id: 'x' }).refusal).toBeUndefined();
  });
});

test('nothing is promised for ever: places are dropped when nobody comes, and with their connection', () => {
  const t = makeHub({ maxInFlightRows: 2 });
  t.send([1, 2]);
  for (let i = 0; i < 5; i++) t.send([1], { id: i });
  expect([t.origin.toldRows, t.origin.promises.size]).toEqual([5, 5]);
  t.clock.advance(5000);
  t.send([1], { id: 'late' });
  expect(t.origin.promises.size).toBe(1);
  t.hub.closeOrigin(t.origin);
  expect([
    t.origin.toldRows,
    t.origin.promisedRows,
    t.origin.promises.size,
    t.origin.principal.retries?.promisedRows,
  ]).toEqual([0, 0, 0, 0]);
});
