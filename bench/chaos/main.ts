/**
 * Entry of `npm run chaos`: good clients beside hostile ones, and faults of the hub; with `-- --measure`, the cost of
 * each attack to others.
 */

import { randomInt } from 'node:crypto';
import { runBench } from '../harness/bench.js';
import { runMeasure } from './measure.js';
import { chaosOptions, checkChaos, listText, OPTIONS } from './options.js';
import { runChaos } from './run.js';

const CHAOS = {
  name: 'chaos',
  intro: 'Good clients beside hostile ones, and faults of the hub. Exit code 1 when anything is lost, twice or wrong.',
  fails: 'with --check',
  options: OPTIONS,
  check: checkChaos,
  instead: ({ list }: { readonly list: boolean }) => (list ? listText() : undefined),
} as const;

await runBench(CHAOS, (given, stage) => {
  const options = chaosOptions(given, () => randomInt(2 ** 31 - 1));
  return options.measure ? runMeasure(options, stage) : runChaos(options, stage);
});
