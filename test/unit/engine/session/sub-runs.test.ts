// Which rows of a batch run together.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paddedLength, planSubRuns } from '../../../../server/engine/session/sub-runs.js';

test('rows of about the same length run together, padded to a multiple of eight', () => {
  expect(planSubRuns([3, 9, 12], 128)).toEqual([{ rows: [0, 1, 2], length: 16 }]);
  expect(planSubRuns([1], 128)).toEqual([{ rows: [0], length: 8 }]);
  expect(planSubRuns([100], 100)).toEqual([{ rows: [0], length: 100 }]);
  // Half of what was, and no less.
  expect(planSubRuns([16, 8, 8], 128)).toHaveLength(1);
});

test('a long row does not make many short ones long', () => {
  const lengths = [5, 128, ...Array(30).fill(7)];

  const [short, long, ...others] = planSubRuns(lengths, 128);
  expect(others).toEqual([]);
  expect(short).toMatchObject({ length: 8, rows: { length: 31 } });
  expect(long).toEqual({ rows: [1], length: 128 });
});

test('each row runs once, in a run that it fits; of many lengths there are four runs at most', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(lengths, (given) => {
      const runs = planSubRuns(given, 512);
      expect(runs.length).toBeLessThanOrEqual(4);
      expect(runs.flatMap(({ rows }) => rows).sort((a, b) => a - b)).toEqual(given.map((_, row) => row));
      for (const { rows, length } of runs)
        expect(length).toBe(paddedLength(Math.max(...rows.map((row) => given[row] ?? 0)), 512));
      const tokens = runs.reduce((sum, { rows, length }) => sum + rows.length * length, 0);
      const whole = given.length * paddedLength(Math.max(...given), 512);
      expect(runs.length === 1 ? tokens === whole : tokens < whole / 2).toBe(true);
    }),
  );
});
