import { expect, test } from 'vitest';
import { CachedGauge } from '../../../server/observe/metrics/cached-gauge.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

class Stage {
  readonly clock = new ManualClock();
  readonly asked: ((figure: number | undefined) => void)[] = [];
  readonly figure = new CachedGauge(() => new Promise((settle) => this.asked.push(settle)), this.clock, 250);
}

test('a figure that comes in time is the answer, and leaves no timer', async () => {
  const { figure, asked, clock } = new Stage();
  const reading = figure.read();
  asked[0]?.(7);

  expect(await reading).toBe(7);
  expect(clock.timers).toBe(0);
});

test('one that does not is waited for only so long: the newest known is the answer, and nobody is asked twice', async () => {
  const { figure, asked, clock } = new Stage();
  const first = figure.read();
  asked[0]?.(7);
  await first;
  const second = figure.read();
  clock.advance(250);
  expect(await second).toBe(7);
  const third = figure.read();
  clock.advance(250);

  expect(await third).toBe(7);
  expect(asked).toHaveLength(2);
  const fourth = figure.read();
  asked[1]?.(9);
  expect(await fourth).toBe(9);
});

test('one that cannot be told leaves what is known, and before the first there is none', async () => {
  const { figure, asked } = new Stage();
  const first = figure.read();
  asked[0]?.(undefined);
  expect(await first).toBeUndefined();
  const second = figure.read();
  asked[1]?.(3);
  await second;
  const third = figure.read();
  asked[2]?.(undefined);

  expect(await third).toBe(3);
});
