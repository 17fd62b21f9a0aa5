/** Entry of `npm run bench:streams`: fan-out, windows, slow viewers and receipts; table, JSON, exit code. */

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBench, temporaryFolder } from '../harness/entry.js';
import { describeMachine, takeLoaderCore } from '../harness/machine.js';
import { writeMlp } from '../servers/mlp-files.js';
import { measureAggregate } from './aggregate.js';
import { type FanOutFigure, measureFanOut } from './fan-out.js';
import { measureReceipts } from './receipts.js';
import { measureSlowViewer } from './slow-viewer.js';
import { interval, type StreamFigures, type Target, targetsOf, targetText } from './targets.js';

const PARTS = ['fan-out', 'aggregate', 'slow-viewer', 'receipts'] as const;
const RESULT_FILE = fileURLToPath(new URL('./streams.json', import.meta.url));
const HELP = `npm run bench:streams -- [options]

  --quick        a few seconds of each part instead of minutes
  --only LIST    of ${PARTS.join(', ')}
  --engine NAME  native (the default) or wasm
  --out FILE     where the JSON goes (dist/bench/streams/streams.json)
  --check        exit code 1 when a target is missed
`;

await runBench(run);

async function run(): Promise<void> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: PARTS.join() },
      engine: { type: 'string', default: 'native' },
      out: { type: 'string', default: RESULT_FILE },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const only = values.only.split(',');
  const unknown = only.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`--only has "${unknown}", expected some of ${PARTS.join(', ')}`);
  if (values.engine !== 'native' && values.engine !== 'wasm') throw new Error('--engine must be native or wasm');
  const lack = takeLoaderCore();
  if (lack !== undefined) throw new Error(lack);
  const root = temporaryFolder();
  const say = (text: string): void => console.log(text);
  const { quick, engine } = values;
  const figures: StreamFigures = {};

  if (only.includes('fan-out')) figures.fanOut = await fanOut(quick ? 1 : 5, quick ? 2 : 6, say);
  if (only.includes('aggregate')) {
    const plan = { viewers: 1000, perSecond: 5000, seconds: quick ? 3 : 15, rounds: quick ? 1 : 6 };
    figures.aggregate = await measureAggregate(plan, say);
  }
  if (only.includes('slow-viewer')) {
    const model = fileURLToPath(new URL('../../../model', import.meta.url));
    const plan = { pairs: quick ? 1 : 10, seconds: quick ? 3 : 8, perSecond: 500, viewers: 20, stalled: 5 };
    figures.slowViewer = await measureSlowViewer({ setting: { engine, model }, ...plan }, say);
  }
  if (only.includes('receipts')) {
    const plan = { pairs: quick ? 1 : 10, sockets: 256, warmUpSeconds: quick ? 3 : 5, seconds: quick ? 2 : 6 };
    figures.receipts = await measureReceipts({ setting: { engine, model: await writeMlp(root) }, ...plan }, say);
  }

  const targets: readonly Target[] = targetsOf(figures);
  for (const target of targets) console.log(targetText(target));
  if (figures.receipts !== undefined)
    console.log(`receipts, the difference of ten pairs: ${interval(figures.receipts.differencesUs)} us`);
  const result = { date: new Date().toISOString(), machine: describeMachine(), quick, engine, targets, ...figures };
  writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${values.out}`);
  if (values.check && targets.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

async function fanOut(rounds: number, seconds: number, say: (text: string) => void): Promise<readonly FanOutFigure[]> {
  const figures: FanOutFigure[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const kind of round % 2 === 0 ? (['room', 'hub'] as const) : (['hub', 'room'] as const)) {
      const figure = await measureFanOut(kind, { viewers: 1000, warmUpSeconds: 2, seconds });
      figures.push(figure);
      const { deliveriesPerSecond, cpuUs, frameBytes } = figure;
      say(
        `fan-out to 1,000 by ${kind}: ${Math.round(deliveriesPerSecond)} deliveries/s, ${cpuUs.toFixed(2)} us CPU each, ${Math.round(frameBytes)} bytes`,
      );
    }
  }
  return figures;
}
