import { expect, test } from 'vitest';
import { Sight } from '../../../dashboard/data/sight.js';
import type { AggregateFrame, StreamItem } from '../../../shared/stream-protocol.js';

const frame = (...ages: readonly number[]): AggregateFrame => {
  const samples = ages.map((at, index) => ({ offset: index + 1, at }) as StreamItem);
  return { windows: [{ samples }, {}] } as unknown as AggregateFrame;
};

test('ages are taken when the page draws, once a frame, and not of what was hidden', () => {
  const draws: (() => void)[] = [];
  let now = 100;
  const sight = new Sight(
    ({ at }) => now - at,
    (drawn) => draws.push(drawn),
  );
  sight.arrive(frame());
  expect(draws).toHaveLength(0);

  sight.arrive(frame(90, 60));
  sight.arrive(frame(50));
  expect(draws).toHaveLength(1);
  expect(sight.freshness).toBeUndefined();
  now = 110;
  draws.pop()?.();
  expect(sight.freshness).toEqual({ p50Ms: 50, p99Ms: 60 });

  sight.arrive(frame(105));
  sight.hide();
  now = 9_000;
  draws.pop()?.();
  expect(sight.freshness).toEqual({ p50Ms: 50, p99Ms: 60 });

  sight.clear();
  expect(sight.freshness).toBeUndefined();
});
