import { expect, test } from 'vitest';
import { Recycling, type RecyclingRound } from '../../../server/engine/recycling.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

/** A process whose memory is `held`; a recycled thread gives back `each`. */
function stage(held: number, each: number, threads = 2) {
  const clock = new ManualClock();
  const recycled: number[] = [];
  const rounds: RecyclingRound[] = [];
  const memory = { held };
  const recycling = new Recycling({
    clock,
    maxBytes: 100,
    bytes: () => memory.held,
    threads,
    recycle: async (thread) => {
      recycled.push(thread);
      memory.held -= each;
      return each > 0;
    },
    done: (round) => rounds.push(round),
  });
  const after = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      clock.advance(10_000);
      for (let i = 0; i < 10; i++) await Promise.resolve();
    }
  };
  return { recycling, recycled, rounds, memory, after };
}

test('below the limit no thread is replaced', async () => {
  const { recycled, after } = stage(100, 10);
  await after(600_000);
  expect(recycled).toEqual([]);
});

test('above it all are, one after the other, and again when it has grown again', async () => {
  const { recycled, rounds, memory, after } = stage(150, 40);
  await after(10_000);
  expect(recycled).toEqual([0, 1]);
  expect(rounds).toEqual([{ threads: 2, bytesBefore: 150, bytesAfter: 70 }]);
  memory.held = 120;
  await after(10_000);
  expect(recycled).toEqual([0, 1, 0, 1]);
});

test('where it does not help it is not repeated for ten minutes, unless the memory grows by a quarter', async () => {
  const { recycled, memory, after } = stage(200, 0, 1);
  await after(300_000);
  expect(recycled).toEqual([0]);
  memory.held = 251;
  await after(10_000);
  expect(recycled).toEqual([0, 0]);
  await after(610_000);
  expect(recycled).toEqual([0, 0, 0]);
});

test('closed, it replaces nothing more', async () => {
  const { recycling, recycled, after } = stage(150, 10);
  recycling.close();
  await after(60_000);
  expect(recycled).toEqual([]);
});
