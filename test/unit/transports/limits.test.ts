import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { ConnectLimits } from '../../../server/transports/handshake/connect-limits.js';
import { RateLimit } from '../../../server/transports/rate-limit.js';
import { RequestLimit } from '../../../server/transports/request-limit.js';

/** How many of `tries` in a row are accepted. */
function passed(limit: RateLimit, caller: string, tries: number): number {
  let count = 0;
  for (let i = 0; i < tries; i++) if (limit.take(caller) === 0) count += 1;
  return count;
}

test.each([1, 7, 50, 3000])(
  '%i a second: so many at once, then as many a second, and never more in a second',
  (rate) => {
    const clock = new ManualClock();
    const limit = new RateLimit(rate, clock);

    expect(passed(limit, 'a', rate * 3)).toBe(rate);
    for (let second = 0; second < 3; second++) {
      let count = 0;
      for (let step = 0; step < 10; step++) {
        clock.advance(100);
        count += passed(limit, 'a', rate);
      }
      expect(count).toBe(rate);
    }
    clock.advance(60_000);
    expect(passed(limit, 'a', rate * 3)).toBe(rate);
  },
);

test('who comes again when it is told to is let in; a refusal costs nothing', () => {
  const clock = new ManualClock();
  const limit = new RateLimit(4, clock);
  passed(limit, 'a', 4);

  const waitMs = limit.take('a');
  for (let i = 0; i < 100; i++) limit.take('a');

  expect(waitMs).toBe(250);
  clock.advance(249);
  expect(limit.take('a')).toBe(1);
  clock.advance(1);
  expect(limit.take('a')).toBe(0);
});

test('one caller’s flood takes nothing of another', () => {
  const limit = new RateLimit(5, new ManualClock());
  passed(limit, 'flood', 10_000);

  expect(passed(limit, 'other', 5)).toBe(5);
});

test('callers are forgotten when their allowance is whole, and are never more than a bound', () => {
  const clock = new ManualClock();
  const limit = new RateLimit(10, clock);
  for (let i = 0; i < 100_000; i++) limit.take(`caller ${i}`);
  expect(limit.size).toBe(65_536);

  clock.advance(2000);
  limit.take('last');
  expect(limit.size).toBe(1);
});

test('an address has so many connections; one that ends makes room, once', () => {
  const limits = new ConnectLimits({ maxConnectionsPerAddress: 2, connectsPerSecond: 0 }, new ManualClock());
  const end = limits.opened('192.0.2.1');
  limits.opened('192.0.2.1');

  expect(limits.overLimit('192.0.2.1', true)).toMatchObject({
    code: 'RATE_LIMITED',
    retryable: true,
    retryAfterMs: 5000,
  });
  expect(limits.overLimit('192.0.2.2', true)).toBeUndefined();
  end();
  expect(limits.overLimit('192.0.2.1', true)).toBeUndefined();
});

test('an address makes so many connections a second, and is told when to come again', () => {
  const clock = new ManualClock();
  const limits = new ConnectLimits({ maxConnectionsPerAddress: 0, connectsPerSecond: 2 }, clock);

  expect([limits.overLimit('2001:db8::1', true), limits.overLimit('2001:db8::2', true)]).toEqual([
    undefined,
    undefined,
  ]);
  expect(limits.overLimit('2001:db8::3', true)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 500 });
  clock.advance(500);
  expect(limits.overLimit('2001:db8::3', true)).toBeUndefined();
});

test('0 is no limit', () => {
  const limits = new ConnectLimits({ maxConnectionsPerAddress: 0, connectsPerSecond: 0 }, new ManualClock());
  const requests = new RequestLimit(0, new ManualClock());
  for (let i = 0; i < 1000; i++) {
    limits.opened('192.0.2.1');
    expect(limits.overLimit('192.0.2.1', true)).toBeUndefined();
    expect(requests.ofConnection('c', 's')).toBeUndefined();
  }
});

test('auto: limits where an address is sure to be one client’s, none elsewhere', () => {
  const limits = new ConnectLimits({ maxConnectionsPerAddress: 'auto', connectsPerSecond: 'auto' }, new ManualClock());
  for (let i = 0; i < 2000; i++) expect(limits.overLimit('198.51.100.1', false)).toBeUndefined();
  const answers = Array.from({ length: 150 }, () => limits.overLimit('198.51.100.2', true));
  expect(answers.filter((error) => error === undefined)).toHaveLength(100);

  for (let i = 0; i < 1000; i++) limits.opened('198.51.100.3');
  expect(limits.overLimit('198.51.100.3', true)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5000 });
});

test('requests are counted by connection and by the session that it names, and of REST by address', () => {
  const limit = new RequestLimit(1, new ManualClock());

  expect([limit.ofConnection('192.0.2.1', undefined), limit.ofAddress('192.0.2.1')]).toEqual([undefined, undefined]);
  expect(limit.ofConnection('192.0.2.1', undefined)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1000 });
  expect(limit.ofAddress('192.0.2.1')).toMatchObject({ code: 'RATE_LIMITED' });
});

test('neither another name for the session on one connection, nor another connection for one session, renews anything', () => {
  const limit = new RequestLimit(1, new ManualClock());

  expect(limit.ofConnection('a', 's')).toBeUndefined();
  expect(limit.ofConnection('a', 't')).toMatchObject({ code: 'RATE_LIMITED' });
  expect(limit.ofConnection('b', 's')).toMatchObject({ code: 'RATE_LIMITED' });
});
