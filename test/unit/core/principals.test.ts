import { describe, expect, test } from 'vitest';
import { ALPHA } from '../../../server/core/requests/admission.js';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { makeHub, makeModel, type Sent, TestHub } from '../../support/core.js';

const QUIET = -1;
const ROOMY = { maxInFlightRows: 4096, maxQueueRows: 8192, maxRequestRows: 1024 };

/** Rows that run before the quiet caller's one row. */
async function rowsBefore(t: TestHub): Promise<number> {
  for (t.clock.turn(); t.engine.running > 0; t.clock.turn()) await t.engine.finish();
  return t.engine.runs.flatMap(({ values }) => values).indexOf(QUIET);
}

describe.each([1, 4, 8, 64, 4096])('at %i rows a batch', (maxBatchRows) => {
  const options = { ...ROOMY, maxBatchRows };
  const share = Math.min(16, maxBatchRows);

  test('a flooder’s 400 rows run after the one row of another, but for a share and a batch', async () => {
    const t = makeHub(options);
    const flooder = t.hub.openOrigin('flooder');
    for (let i = 0; i < 400; i++) t.send([i], { origin: flooder });
    // A full batch leaves the turn unfinished.
    t.clock.turn();
    for (let i = 0; i < 400; i++) t.send([i], { origin: flooder });
    const running = t.engine.runs.flatMap(({ values }) => values).length;
    t.send([QUIET], { origin: t.hub.openOrigin('quiet') });

    expect((await rowsBefore(t)) - running).toBeLessThanOrEqual(share);
  });

  test('fifty sessions of one principal have one share', async () => {
    const t = makeHub(options);
    const sessions = Array.from({ length: 50 }, (_, i) =>
      t.hub.openOrigin(`s${i}`, { principal: 'address 192.0.2.1' }),
    );
    for (let round = 0; round < 40; round++) for (const origin of sessions) t.send([round], { origin });
    const quiet = t.hub.openOrigin('quiet', { principal: 'address 192.0.2.2' });
    t.send([QUIET], { origin: quiet });

    expect(await rowsBefore(t)).toBeLessThanOrEqual(share);
  });

  test('two hundred pages of one token are fair to each other', async () => {
    const t = makeHub(options);
    const pages = Array.from({ length: 200 }, (_, i) => t.hub.openOrigin(`page ${i}`, { principal: 'web' }));
    const [flooder, ...others] = pages;
    for (let i = 0; i < 400; i++) t.send([0], { origin: flooder ?? t.origin });
    for (const [i, origin] of others.entries()) t.send([i === others.length - 1 ? QUIET : 1], { origin });

    expect(await rowsBefore(t)).toBeLessThanOrEqual(share + others.length - 1);
  });

  test('who has much to do gets as much as another who has', async () => {
    const t = makeHub(options);
    const [a, b] = [t.hub.openOrigin('a', { principal: 'a' }), t.hub.openOrigin('b', { principal: 'b' })];
    for (let i = 0; i < 400; i++) t.send([1], { origin: a });
    // In requests of another size.
    for (let i = 0; i < 10; i++) t.send(new Array(40).fill(2), { origin: b });
    for (t.clock.turn(); t.engine.running > 0; t.clock.turn()) await t.engine.finish();
    const ran = t.engine.runs.flatMap(({ values }) => values).slice(0, 600);

    expect(Math.abs(ran.filter((value) => value === 1).length - 300)).toBeLessThanOrEqual(16);
  });
});

describe('the rows of one principal', () => {
  test('are bounded in all over its sessions, and those of others are not', () => {
    const t = makeHub({ maxPrincipalRows: 100, maxQueueRows: 1000 });
    const [a, b] = ['a', 'b'].map((name) => t.hub.openOrigin(name, { principal: 'one' }));
    t.send(new Array(60).fill(1), { origin: a ?? t.origin });

    expect(t.send(new Array(41).fill(1), { origin: b ?? t.origin }).refusal).toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringContaining('--max-principal-rows'),
    });
    expect(t.send(new Array(40).fill(1), { origin: b ?? t.origin }).refusal).toBeUndefined();
    expect(t.send(new Array(41).fill(1)).refusal).toBeUndefined();
  });

  test('are free again when they are answered, cancelled or their session is gone', async () => {
    const t = makeHub({ maxPrincipalRows: 10, maxBatchRows: 4 });
    const [a, b] = ['a', 'b'].map((name) => t.hub.openOrigin(name, { principal: 'one' }));
    t.send([1, 2, 3, 4], { origin: a ?? t.origin });
    t.send([5, 6, 7], { origin: a ?? t.origin });
    const { pending } = t.send([8, 9, 10], { origin: b ?? t.origin });
    t.clock.turn();
    await t.engine.finish();
    if (pending !== undefined) t.hub.cancel(pending);
    t.hub.closeOrigin(a ?? t.origin);

    expect(b?.principal.inFlightRows).toBe(0);
  });

  test.each([1, 3, 10])('never fill a queue, of %i principals that ask for all they can get', (count) => {
    const t = makeHub({ ...ROOMY, maxQueueRows: 1000, maxPrincipalRows: 4096 });
    const greedy = Array.from({ length: count }, (_, i) => t.hub.openOrigin(`g${i}`, { principal: `g${i}` }));
    for (let round = 0; round < 1000; round++) for (const origin of greedy) t.send([1], { origin });

    expect(t.hub.queuedRows).toBeGreaterThan(1000 * (1 - 2 / (1 + ALPHA * count)));
    const quiet = t.hub.openOrigin('quiet', { principal: 'quiet' });
    for (let i = 0; i < 10; i++) expect(t.send([1], { origin: quiet }).refusal).toBeUndefined();
  });

  test('nor do they fill the bytes that large rows are kept in', () => {
    const wide = makeModel('wide', { name: 'x', dtype: 'float32', shape: [1024] });
    const t = makeHub({ ...ROOMY, maxArenaBytes: 100 * 4096 }, [wide]);
    const row = [new Array(1024).fill(1)];
    for (let i = 0; i < 200; i++) t.send(row);

    expect(t.hub.queuedRows).toBeGreaterThan(80);
    expect(t.send(row, { origin: t.hub.openOrigin('quiet') }).refusal).toBeUndefined();
  });

  test('do not make others wait longer than their turn takes: an expected wait is each principal’s own', () => {
    const slow = makeModel('slow', undefined, { overheadMs: 1, rowMs: 10, byteMs: 0 });
    const t = makeHub({ ...ROOMY }, [slow]);
    for (let i = 0; i < 400; i++) t.send([i]);

    expect(t.send([1], { timeoutMs: 1000 }).refusal?.code).toBe('OVERLOADED');
    expect(t.send([1], { timeoutMs: 1000, origin: t.hub.openOrigin('quiet') }).refusal).toBeUndefined();
  });
});

test('a principal is forgotten with its last origin', () => {
  const t = makeHub();
  const before = t.hub.principals;
  const [a, b, c] = ['x', 'x', 'y'].map((principal) => t.hub.openOrigin('o', { principal }));
  expect([t.hub.principals - before, a?.principal === b?.principal, a?.principal === c?.principal]).toEqual([
    2,
    true,
    false,
  ]);
  for (const origin of [a, a, c]) if (origin !== undefined) t.hub.closeOrigin(origin);
  expect(t.hub.principals - before).toBe(1);
  if (b !== undefined) t.hub.closeOrigin(b);
  expect(t.hub.principals - before).toBe(0);
});

describe('in process', () => {
  test('calls without an origin are one principal: another waits for a share of them, not for all', async () => {
    const t = makeHub({ ...ROOMY, maxBatchRows: 4 });
    const answers = Array.from({ length: 400 }, (_, i) => t.hub.predict({ input: [i] }));
    t.send([QUIET]);

    expect(await rowsBefore(t)).toBeLessThanOrEqual(4);
    await Promise.all(answers);
  });

  test('calls without an origin are bounded together, by the queue’s share and the principal’s rows', async () => {
    const t = makeHub({ ...ROOMY, maxQueueRows: 1000 });
    const answers = Array.from({ length: 1100 }, (_, i) =>
      t.hub.predict({ input: [i] }).then(
        () => 'ok',
        ({ code }) => code,
      ),
    );
    expect(t.send([1], { origin: t.hub.openOrigin('quiet') }).refusal).toBeUndefined();
    for (t.clock.turn(); t.engine.running > 0; t.clock.turn()) await t.engine.finish();

    expect(new Set(await Promise.all(answers))).toEqual(new Set(['ok', 'OVERLOADED']));
  });

  test('an id or a key of calls without an origin concerns no other call', async () => {
    const t = makeHub();
    const answers = [1, 2].map((x) => t.hub.predict({ input: [x], id: 'same', key: 'same', timing: false }));
    t.clock.turn();
    await t.engine.finish();

    expect((await Promise.all(answers)).map(({ prediction }) => prediction)).toEqual([[[2]], [[4]]]);
  });
});

test('a model that takes one row a batch gets one, whatever a request has and however many slots there are', async () => {
  const t = new TestHub(new PuppetEngine(2), { maxBatchRows: 64 }, [{ ...makeModel(), maxBatchRows: 1 }]);
  const sent: Sent[] = [t.send([1, 2, 3, 4, 5]), t.send([6])];
  for (t.clock.turn(); t.engine.running > 0; t.clock.turn()) await t.engine.finish();

  expect(t.engine.runs.map(({ rows }) => rows)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(sent.map(({ values }) => values)).toEqual([[2, 4, 6, 8, 10], [12]]);
});
