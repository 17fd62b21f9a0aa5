/** The moment when a row expires, on a manual clock: between two sweeps of the deadlines. */

import { expect, test } from 'vitest';
import { makeHub } from '../support/core.js';

test('a row that has expired is not computed, though the sweep of the deadlines is not due yet', async () => {
  const t = makeHub();
  t.send([1]);
  t.clock.turn();
  const expired = t.send([2], { timeoutMs: 5 });
  const kept = t.send([3]);
  // The deadlines are swept at 10 ms.
  t.clock.advance(7);

  await t.engine.finish();
  t.clock.turn();
  expect(t.engine.runs.map(({ values }) => values)).toEqual([[1], [3]]);

  await t.engine.finish();
  t.clock.advance(10);
  expect(expired).toMatchObject({ settlements: 1, error: { code: 'DEADLINE_EXCEEDED' } });
  expect(kept).toMatchObject({ settlements: 1, values: [6] });
});
