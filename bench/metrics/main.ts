/** Entry of `npm run bench:metrics`: what counting costs a prediction, and what a scrape costs; table, JSON, exit code. */

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from '../harness/machine.js';
import { Random } from '../harness/random.js';
import { median } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { interval } from '../streams/targets.js';
import { measureHub } from './hub-cost.js';
import { measureListener } from './listener-cost.js';
import { measureScrape } from './scrape-cost.js';

const LIMIT_NS = 300;
const RESULT_FILE = fileURLToPath(new URL('./metrics.json', import.meta.url));
const HELP = `npm run bench:metrics -- [options]

  --quick     seconds instead of a minute
  --out FILE  where the JSON goes (dist/bench/metrics/metrics.json)
  --check     exit code 1 when the target is missed
`;

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: RESULT_FILE },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await run(values.quick, values.out, values.check);

async function run(quick: boolean, out: string, check: boolean): Promise<void> {
  const random = new Random(1);
  const listener = await measureListener({ rounds: quick ? 3 : 15, passes: quick ? 20 : 100 }, random);
  const hub = await measureHub({ pairs: quick ? 2 : 10, requests: quick ? 100_000 : 500_000 }, random, console.log);
  const scrapes = [await measureScrape(1, quick ? 20 : 200), await measureScrape(10, quick ? 20 : 200)];
  const ownNs = median(listener.ownNs);
  const isMet = ownNs <= LIMIT_NS;
  const rows = [
    ['counting a request, ns', ownNs.toFixed(0), `at most ${LIMIT_NS}`, isMet ? 'met' : 'MISSED'],
    ['the same by the library alone, ns', median(listener.libraryNs).toFixed(0), '', ''],
    ['a request in the hub, with less without, ns (95 %)', interval(hub.differencesUs.map((us) => us * 1000)), '', ''],
    ['a request in the hub, without, ns', (median(hub.withoutUs) * 1000).toFixed(0), '', ''],
    ...scrapes.map(({ models, bytes, cpuMs }) => [
      `a scrape, ${models} models of 10 labels, ms`,
      cpuMs.toFixed(2),
      '',
      `${Math.round(bytes / 1024)} KiB`,
    ]),
  ];
  console.log(table(['what', 'figure', 'limit', ''], rows));
  const target = { name: 'metrics: counting a request, in nanoseconds', value: ownNs, limit: LIMIT_NS, isMet };
  const result = { date: new Date().toISOString(), machine: describeMachine(), quick, target, listener, hub, scrapes };
  writeFileSync(out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${out}`);
  if (check && !isMet) process.exitCode = 1;
}
