import { expect, test } from 'vitest';
import { MadeUpRows } from '../../../server/models/made-up-rows.js';
import { Trial } from '../../../server/models/trial.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';

test('rows that do not fit into memory are a failed run', async () => {
  const outputs = [{ name: 'y', dtype: 'float32', shape: [2 ** 50] }] as const;
  const model = { handle: 1, inputs: [{ name: 'x', dtype: 'float32', shape: [1] }] as const, outputs };
  const trial = new Trial(new PuppetEngine(), new ManualClock(), model, new MadeUpRows(model, 'zero', [], 100));

  expect(await trial.run([0])).toEqual({ ok: false, reason: 'they do not fit into memory' });
});
