import { expect, test } from 'vitest';
import { atLeast, atMost, targetTable } from '../../../bench/harness/target.js';
import { differences, inTurns, ratios } from '../../../bench/harness/turns.js';

test('states are measured in turn, and who is first takes turns too', async () => {
  const order: string[] = [];
  const said: unknown[] = [];
  const figures = await inTurns(
    ['a', 'b', 'c'],
    4,
    async (state) => order.push(state),
    (own, round) => said.push([round, own]),
  );

  expect(order.join('')).toBe('abcbcacababc');
  expect(figures).toEqual({ a: [1, 6, 8, 10], b: [2, 4, 9, 11], c: [3, 5, 7, 12] });
  expect(said[1]).toEqual([1, { b: 4, c: 5, a: 6 }]);
  expect(await inTurns(['a'], 0, async () => 1)).toEqual({ a: [] });
});

test('states are compared round by round', () => {
  expect(differences([5, 7], [1, 2])).toEqual([4, 5]);
  expect(ratios([6, 9], [2, 3])).toEqual([3, 3]);
});

test('a target is met on the right side of its limit, and not judged without its figure', () => {
  const ms = (value: number) => `${value} ms`;
  const targets = [atLeast('much', 2, 1.5), atMost('little', 7, 5, ms), atMost('nothing', undefined, 1)];

  expect(targets.map(({ isMet }) => isMet)).toEqual([true, false, undefined]);
  expect(targetTable(targets).split('\n').slice(2)).toEqual([
    expect.stringMatching(/^much +2\.00 x +at least 1\.50 x +PASS$/),
    expect.stringMatching(/^little +7 ms +at most 5 ms +MISS$/),
    expect.stringMatching(/^nothing +not measured +at most 1\.00 x +not judged$/),
  ]);
});
