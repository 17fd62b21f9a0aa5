/** Entry of `npm run bench:streams`: fan-out, windows, slow viewers and receipts. */

import { fileURLToPath } from 'node:url';
import { someOf } from '../../command-line/option.js';
import { runBench } from '../harness/bench.js';
import { ENGINE, QUICK } from '../harness/options.js';
import { interval } from '../harness/statistics.js';
import { writeMlp } from '../servers/mlp-files.js';
import { measureAggregate } from './aggregate.js';
import { measureFanOuts } from './fan-out.js';
import { measureFreshness } from './freshness.js';
import { measureReceipts } from './receipts.js';
import { measureSlowViewer } from './slow-viewer.js';
import { type StreamFigures, targetsOf } from './targets.js';

const PARTS = ['fan-out', 'aggregate', 'slow-viewer', 'receipts', 'freshness'] as const;

const BENCH = {
  name: 'bench:streams',
  intro: 'What streams cost: fan-out to a thousand viewers, windows, viewers that do not read, receipts, freshness.',
  fails: 'with --check',
  options: { only: someOf(PARTS, PARTS.join(), 'Which parts.'), engine: ENGINE, quick: QUICK },
} as const;

const SENTIMENT = fileURLToPath(new URL('../../../model', import.meta.url));

await runBench(BENCH, async ({ only, quick }, { say, folder, engine }) => {
  const figures: StreamFigures = {};
  if (only.includes('fan-out')) {
    const plan = { rounds: quick ? 1 : 5, viewers: 1000, warmUpSeconds: 2, seconds: quick ? 2 : 6 };
    figures.fanOut = await measureFanOuts(plan, say);
  }
  if (only.includes('aggregate')) {
    const plan = { viewers: 1000, perSecond: 5000, seconds: quick ? 3 : 15, rounds: quick ? 1 : 6 };
    figures.aggregate = await measureAggregate(plan, say);
  }
  if (only.includes('slow-viewer')) {
    const plan = { pairs: quick ? 1 : 10, seconds: quick ? 3 : 8, perSecond: 500, viewers: 20, stalled: 5 };
    figures.slowViewer = await measureSlowViewer({ setting: { engine, model: SENTIMENT }, ...plan }, say);
  }
  if (only.includes('receipts')) {
    const plan = { pairs: quick ? 1 : 10, sockets: 256, warmUpSeconds: quick ? 3 : 5, seconds: quick ? 2 : 6 };
    figures.receipts = await measureReceipts({ setting: { engine, model: await writeMlp(folder) }, ...plan }, say);
  }
  if (only.includes('freshness')) {
    const plan = { viewers: quick ? 100 : 1000, perSecond: 500, seconds: quick ? 2 : 30 };
    figures.freshness = await measureFreshness({ setting: { engine, model: SENTIMENT }, ...plan }, say);
  }
  const { receipts } = figures;
  const pairs = receipts && `receipts, CPU us more, by pairs: ${interval(receipts.differencesUs)}`;
  return { tables: pairs === undefined ? [] : [pairs], targets: targetsOf(figures), figures };
});
