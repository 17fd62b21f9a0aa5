/**
 * The cost of a whole prediction in the hub with and without counting, excluding sockets and engine: two hubs in turn.
 */

import type { Random } from '../../demo/text/random.js';
import type { Tap } from '../../server/contracts/tap.js';
import { PredictionCounts } from '../../server/observe/metrics/prediction-counts.js';
import { differences, inTurns } from '../harness/turns.js';
import { BenchHub } from './bench-hub.js';
import { instantModel } from './instant-engine.js';

export interface HubCost {
  readonly withUs: readonly number[];
  readonly withoutUs: readonly number[];
  /** With minus without, pair by pair. */
  readonly differencesUs: readonly number[];
}

export async function measureHub(
  plan: { readonly pairs: number; readonly requests: number },
  random: Random,
  say: (text: string) => void,
): Promise<HubCost> {
  const models = [instantModel('labelled', 3, ['negative', 'neutral', 'positive'])];
  let seen = 0;
  const count = (): void => {
    seen += 1;
  };
  const log: Tap = { name: 'log', predicted: count, failed: count, refused: count, batch: count };
  const counts = new PredictionCounts(() => performance.now(), []);
  const withCounts = new BenchHub(models, [log, counts], random);
  const without = new BenchHub(models, [log], random);
  for (const hub of [withCounts, without, withCounts, without]) await hub.run(plan.requests);
  const hubs = { withUs: withCounts, withoutUs: without };
  const { withUs, withoutUs } = await inTurns(
    ['withUs', 'withoutUs'],
    plan.pairs,
    (state) => hubs[state].run(plan.requests),
    (us) => say(`CPU a request in the hub: ${us.withUs.toFixed(2)} us counted, ${us.withoutUs.toFixed(2)} us not`),
  );
  if (seen === 0) throw new Error('the hub told of nothing');
  return { withUs, withoutUs, differencesUs: differences(withUs, withoutUs) };
}
