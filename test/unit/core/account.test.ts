import { expect, test } from 'vitest';
import { Hub } from '../../../server/core/hub.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { DEFAULT_OPTIONS, makeModel } from '../../support/core.js';

const NOON = Date.UTC(2026, 10, 29, 12);
const HOUR = 3_600_000;

function open() {
  const clock = new ManualClock();
  const model = makeModel();
  let wall = NOON;
  const hub = new Hub({
    engine: new PuppetEngine(),
    clock,
    wallNow: () => wall,
    options: { ...DEFAULT_OPTIONS, maxInFlightRows: 10_000, maxQueueRows: 10_000, maxRequestRows: 1000 },
    models: { resolve: () => model },
  });
  const origin = (quota: object, principal = 'token a') => hub.openOrigin('o', { principal, key: 'a', quota });
  const send = (to: ReturnType<typeof origin>, rows = 1) => {
    const request = {
      input: Array.from({ length: rows }, () => [1]),
      timeoutMs: 60_000,
      id: undefined,
      model: undefined,
    };
    const verdict = hub.submit(request, to, () => {});
    return verdict.accepted ? 'ok' : verdict.error;
  };
  return { clock, hub, origin, send, setWall: (ms: number) => (wall = ms) };
}

test('rowsPerSecond: a burst of one second, then its rate, over all connections of the key', () => {
  const { clock, origin, send } = open();
  const [a, b] = [origin({ rowsPerSecond: 100 }), origin({ rowsPerSecond: 100 })];
  expect([send(a, 60), send(b, 40)]).toEqual(['ok', 'ok']);
  expect(send(a, 10)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 100, message: /100 rows a second/ });
  clock.advance(99);
  expect(send(b, 10)).toMatchObject({ retryAfterMs: 1 });
  clock.advance(1);
  expect(send(b, 10)).toBe('ok');
});

test('a request of more rows than a second has waits for a whole allowance, and leaves a debt', () => {
  const { clock, origin, send } = open();
  const a = origin({ rowsPerSecond: 10 });
  expect(send(a, 30)).toBe('ok');
  expect(send(a)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 2100 });
  clock.advance(2100);
  expect([send(a), send(a)]).toEqual(['ok', expect.objectContaining({ code: 'RATE_LIMITED' })]);
});

test('rowsPerDay ends at midnight UTC, and a clock that steps back does not renew it', () => {
  const { origin, send, setWall } = open();
  const a = origin({ rowsPerDay: 50 });
  expect([send(a, 45), send(a, 5)]).toEqual(['ok', 'ok']);
  expect(send(a)).toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: 12 * HOUR,
    message: /50 rows a day .*has 0 left, not 1/,
  });
  setWall(NOON - 24 * HOUR);
  expect(send(a)).toMatchObject({ code: 'RATE_LIMITED' });
  setWall(NOON + 12 * HOUR);
  expect(send(a, 51)).toMatchObject({ code: 'RATE_LIMITED', message: /has 50 left, not 51/ });
  expect(send(a, 50)).toBe('ok');
});

test('what is refused is not counted, leaving renews nothing, and others have their own', () => {
  const { hub, origin, send } = open();
  const a = origin({ rowsPerDay: 10 });
  expect(send(a, 11)).toMatchObject({ code: 'RATE_LIMITED' });
  expect(send(a, 10)).toBe('ok');
  hub.closeOrigin(a);
  expect(send(origin({ rowsPerDay: 10 }))).toMatchObject({ code: 'RATE_LIMITED' });
  expect(send(origin({ rowsPerDay: 10 }, 'token b'))).toBe('ok');
  // A larger quota counts what was used.
  const more = origin({ rowsPerDay: 12 });
  expect([send(more, 2), send(more)]).toEqual(['ok', expect.objectContaining({ code: 'RATE_LIMITED' })]);
});

test('what is over the quota is refused before it is read', () => {
  const { hub, origin, send } = open();
  const a = origin({ rowsPerDay: 1 });
  expect(hub.refusesNow(a)).toBeUndefined();
  send(a);
  expect(hub.refusesNow(a)).toMatchObject({ code: 'RATE_LIMITED' });
});

test('weight: with 3, three rows run for one of another while both wait', async () => {
  const clock = new ManualClock();
  const engine = new PuppetEngine();
  const model = makeModel('m', undefined, { overheadMs: 0, rowMs: 0.01, byteMs: 0 });
  const options = {
    ...DEFAULT_OPTIONS,
    maxBatchRows: 16,
    maxQueueRows: 4096,
    maxInFlightRows: 4096,
    maxArenaBytes: 1 << 22,
  };
  const hub = new Hub({ engine, clock, options, models: { resolve: () => model } });
  const ran = { heavy: 0, light: 0 };
  const heavy = hub.openOrigin('h', { principal: 'token h', quota: { weight: 3 } });
  const light = hub.openOrigin('l', { principal: 'token l' });
  for (let i = 0; i < 800; i++)
    for (const [name, origin] of [
      ['heavy', heavy],
      ['light', light],
    ] as const)
      hub.submit(
        { input: [1], timeoutMs: 60_000, id: undefined, model: undefined },
        origin,
        (outcome) => (ran[name] += outcome.ok ? 1 : 0),
      );
  for (let i = 0; i < 40; i++) {
    clock.advance(1);
    await engine.finish();
  }
  expect(ran.heavy + ran.light).toBeGreaterThan(400);
  expect(ran.heavy / ran.light).toBeGreaterThan(2.7);
  expect(ran.heavy / ran.light).toBeLessThan(3.3);
});
