/** Entry of `npm run bench:fair`: what a quiet caller feels beside one that always has hundreds of rows waiting, by the most rows of a batch. */

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SteadyLoad } from '../flood/steady-load.js';
import { runBench, temporaryFolder } from '../harness/entry.js';
import { describeMachine, takeLoaderCore } from '../harness/machine.js';
import { oneOf, whole } from '../harness/option-values.js';
import { table } from '../harness/table.js';
import { writeMlp } from '../servers/mlp-files.js';
import { ServerProcess } from '../servers/server-process.js';
import { GreedyLoad } from './greedy-load.js';

const RESULT_FILE = fileURLToPath(new URL('./fair.json', import.meta.url));
/** The last is as good as no limit. */
const BATCH_ROWS = [1, 4, 8, 64, 1_048_576] as const;
const HELP = `npm run bench:fair -- [options]

  --seconds N     of each state: the quiet caller alone, and beside the greedy one (5)
  --rate N        requests a second of the quiet caller (50)
  --rows N        rows that the greedy caller has unanswered at any time (400)
  --sockets N     connections of the greedy caller, all of one address (50)
  --engine NAME   native (the default) or wasm
  --out FILE      where the JSON goes (dist/bench/fair/fair.json)
`;

await runBench(run);

async function run(): Promise<void> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      seconds: { type: 'string', default: '5' },
      rate: { type: 'string', default: '50' },
      rows: { type: 'string', default: '400' },
      sockets: { type: 'string', default: '50' },
      engine: { type: 'string', default: 'native' },
      out: { type: 'string', default: RESULT_FILE },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const plan = {
    seconds: whole('seconds', values.seconds, 1, 600),
    perSecond: whole('rate', values.rate, 1, 10_000),
    rows: whole('rows', values.rows, 1, 1000),
    sockets: whole('sockets', values.sockets, 1, 1000),
    engine: oneOf('engine', values.engine, ['native', 'wasm']),
  };
  const lack = takeLoaderCore();
  if (lack !== undefined) throw new Error(lack);
  const model = await writeMlp(temporaryFolder());
  const results = [];
  for (const batchRows of BATCH_ROWS) {
    const flags = ['--max-batch-rows', String(batchRows)];
    const server = await ServerProcess.start('hub', { engine: plan.engine, model, flags });
    const { port } = server;
    const quiet = new SteadyLoad({ port, sockets: 1, perSecond: plan.perSecond });
    const greedy = new GreedyLoad({ port, address: '127.0.0.2', sockets: plan.sockets, rows: plan.rows });
    try {
      await quiet.start();
      await delay(1000);
      quiet.latencyUs.reset();
      await delay(plan.seconds * 1000);
      const alone = p99Ms(quiet);
      await greedy.start();
      await delay(1000);
      quiet.latencyUs.reset();
      const before = greedy.answered;
      await delay(plan.seconds * 1000);
      const greedyPerSecond = Math.round((greedy.answered - before) / plan.seconds);
      results.push({
        batchRows,
        aloneP99Ms: alone,
        besideP99Ms: p99Ms(quiet),
        greedyPerSecond,
        refused: quiet.refused,
      });
    } finally {
      quiet.stop();
      greedy.stop();
      await server.end();
    }
  }
  const cells = results.map(({ batchRows, aloneP99Ms, besideP99Ms, greedyPerSecond, refused }) => [
    batchRows > 4096 ? 'no limit' : String(batchRows),
    aloneP99Ms.toFixed(2),
    besideP99Ms.toFixed(2),
    String(greedyPerSecond),
    String(refused),
  ]);
  console.log(table(['rows a batch', 'p99 alone, ms', 'beside', 'rows/s of the greedy', 'refused'], cells));
  const result = { date: new Date().toISOString(), machine: describeMachine(), plan, results };
  writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${values.out}`);
}

function p99Ms(load: SteadyLoad): number {
  return load.latencyUs.percentile(0.99) / 1000;
}
