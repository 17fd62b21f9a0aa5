import { expect, test } from 'vitest';
import { quartile, runFor, slicesOf, timeInTurns } from '../../../../bench/engines/timing.js';

test('short runs have twenty slices, long ones fewer, and two at least', () => {
  expect([10, 50_000, 150_000, 5_000_000].map((us) => slicesOf(300, us))).toEqual([20, 6, 2, 2]);
});

test('the runs take turns, and each of a slice ends before the next begins', async () => {
  const told: string[] = [];
  const later = async (): Promise<void> => {
    told.push('bare');
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    told.push('bare ends');
  };
  await timeInTurns({ session: () => void told.push('session'), bare: later }, 0, 1);

  const slices = Math.floor(told.length / 3);
  expect(slices).toBe(2);
  expect(told).toEqual(['session', 'bare', 'bare ends', 'bare', 'bare ends', 'session']);
});

test('a run that takes longer than its time runs once', async () => {
  let runs = 0;
  await runFor(() => {
    runs += 1;
  }, 0);

  expect(runs).toBe(1);
});

test('a quarter of the slices may be quicker than the figure, and the others slower', () => {
  expect(quartile([90, 10, 30, 20, 80, 70, 60, 100])).toBe(30);
  expect(quartile([3, 1])).toBe(1);
});
