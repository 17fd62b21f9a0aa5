import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { DeadlineTimer } from '../../../shared/time/deadline-timer.js';

/** A set of deadlines, and when each was found due. */
class Watched {
  readonly clock = new ManualClock();
  readonly open = new Set<number>();
  readonly found: { readonly deadline: number; readonly at: number }[] = [];
  sweeps = 0;
  readonly timer: DeadlineTimer;

  constructor(gapMs: number) {
    this.timer = new DeadlineTimer(this.clock, gapMs, (now) => {
      this.sweeps += 1;
      for (const deadline of [...this.open].filter((each) => each <= now)) {
        this.open.delete(deadline);
        this.found.push({ deadline, at: now });
      }
      return Math.min(...this.open);
    });
  }

  add(deadline: number): void {
    this.open.add(deadline);
    this.timer.arm(deadline);
  }
}

test('every deadline is found when it is due, or at most a gap and a millisecond later, and none before', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ pauseMs: fc.integer({ max: 40, min: 0 }), inMs: fc.double({ min: 0, max: 90, noNaN: true }) }),
      ),
      fc.integer({ min: 0, max: 20 }),
      (steps, gapMs) => {
        const watched = new Watched(gapMs);
        for (const { pauseMs, inMs } of steps) {
          watched.clock.advance(pauseMs);
          watched.add(watched.clock.now() + inMs);
        }
        watched.clock.advance(1000);

        expect(watched.open.size).toBe(0);
        for (const { deadline, at } of watched.found) {
          expect(at).toBeGreaterThanOrEqual(deadline);
          expect(at - deadline).toBeLessThanOrEqual(gapMs + 1);
        }
        expect(watched.clock.timers).toBe(0);
      },
    ),
  );
});

test('deadlines that lie close together are found by few sweeps', () => {
  const watched = new Watched(10);
  for (let i = 0; i < 1000; i++) watched.add(i / 10);
  watched.clock.advance(200);

  expect(watched.found.length).toBe(1000);
  expect(watched.sweeps).toBeLessThanOrEqual(11);
});

test('what is not needed any more costs one timer, and a timer that is closed sets none', () => {
  const watched = new Watched(10);
  for (let i = 0; i < 1000; i++) watched.add(5000 + i);
  watched.open.clear();
  expect(watched.clock.timers).toBe(1);
  watched.clock.advance(6000);
  expect([watched.sweeps, watched.clock.timers]).toEqual([1, 0]);

  watched.add(7000);
  watched.timer.close();
  watched.add(8000);
  expect(watched.clock.timers).toBe(0);
});

test('a timer that waits for so long at the most rests soon after the last deadline was met', () => {
  const clock = new ManualClock();
  let left = 10_000;
  const timer = new DeadlineTimer(clock, 10, () => left, 100);
  timer.arm(left);
  clock.advance(1000);
  expect(clock.timers).toBe(1);

  left = Number.POSITIVE_INFINITY;
  clock.advance(100);
  expect(clock.timers).toBe(0);

  timer.close();
  timer.arm(20_000);
  expect(clock.timers).toBe(0);
});
