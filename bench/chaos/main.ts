/** Entry of `npm run chaos`: good clients beside hostile ones, and faults of the hub; and of `-- --measure`, what each attack costs the others. */

import { randomInt } from 'node:crypto';
import { argv } from 'node:process';
import { runBench } from '../harness/entry.js';
import { takeLoaderCore } from '../harness/machine.js';
import { runMeasure } from './measure.js';
import { parseChaos } from './options.js';
import { runChaos } from './run.js';

await runBench(async () => {
  const parsed = parseChaos(argv.slice(2), () => randomInt(2 ** 31 - 1));
  if (parsed.kind === 'help') return void process.stdout.write(parsed.text);
  if (parsed.kind === 'problem') throw new Error(parsed.problem);
  const lack = takeLoaderCore();
  if (lack !== undefined) throw new Error(lack);
  await (parsed.kind === 'measure' ? runMeasure(parsed) : runChaos(parsed));
});
