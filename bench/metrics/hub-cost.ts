/** What a whole prediction costs the hub with the counting and without it, sockets and engine left out: two hubs in turn. */

import type { Tap } from '../../server/contracts/tap.js';
import { PredictionCounts } from '../../server/observe/metrics/prediction-counts.js';
import type { Random } from '../harness/random.js';
import { BenchHub } from './bench-hub.js';
import { instantModel } from './instant-engine.js';

export interface HubCost {
  readonly withUs: readonly number[];
  readonly withoutUs: readonly number[];
  /** With less without, pair by pair. */
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
  const withUs: number[] = [];
  const withoutUs: number[] = [];
  for (let pair = 0; pair < plan.pairs; pair++) {
    const order = pair % 2 === 0 ? [withCounts, without] : [without, withCounts];
    for (const hub of order) (hub === withCounts ? withUs : withoutUs).push(await hub.run(plan.requests));
    say(`CPU a request in the hub: ${withUs.at(-1)?.toFixed(2)} us counted, ${withoutUs.at(-1)?.toFixed(2)} us not`);
  }
  if (seen === 0) throw new Error('the hub told of nothing');
  return { withUs, withoutUs, differencesUs: withUs.map((us, i) => us - (withoutUs[i] ?? Number.NaN)) };
}
