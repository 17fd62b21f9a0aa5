/** Entry of `npm run bench:metrics`: the cost of counting per prediction, and of a scrape. */

import { Random } from '../../demo/text/random.js';
import { runBench } from '../harness/bench.js';
import { QUICK } from '../harness/options.js';
import { interval, median } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { atMost } from '../harness/target.js';
import { measureHub } from './hub-cost.js';
import { measureListener } from './listener-cost.js';
import { measureScrape } from './scrape-cost.js';

const LIMIT_NS = 300;

const BENCH = {
  name: 'bench:metrics',
  intro: 'What counting costs a prediction, and what a scrape costs, in this process.',
  fails: 'with --check',
  lack: () => undefined,
  options: { quick: QUICK },
} as const;

await runBench(BENCH, async ({ quick }, { say }) => {
  const random = new Random(1);
  const listener = await measureListener({ rounds: quick ? 3 : 15, passes: quick ? 20 : 100 }, random);
  const hub = await measureHub({ pairs: quick ? 2 : 10, requests: quick ? 100_000 : 500_000 }, random, say);
  const scrapes = [await measureScrape(1, quick ? 20 : 200), await measureScrape(10, quick ? 20 : 200)];
  const rows = [
    ['a request counted by the library alone, ns', median(listener.libraryNs).toFixed(0)],
    ['a request in the hub, with less without, ns (95 %)', interval(hub.differencesUs.map((us) => us * 1000))],
    ['a request in the hub, without, ns', (median(hub.withoutUs) * 1000).toFixed(0)],
    ...scrapes.map(({ models, bytes, cpuMs }) => [
      `a scrape, ${models} models of 10 labels, ${Math.round(bytes / 1024)} KiB, ms`,
      cpuMs.toFixed(2),
    ]),
  ];
  return {
    tables: [table(['what', 'figure'], rows)],
    targets: [atMost('counting a request', median(listener.ownNs), LIMIT_NS, (ns) => `${ns.toFixed(1)} ns`)],
    figures: { listener, hub, scrapes },
  };
});
