/** Entry of `npm run bench:flood`: what a flood of connections costs those who have nothing to do with it; table, JSON, exit code. */

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Child, SERVER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import { runBench, temporaryFolder } from '../harness/entry.js';
import { freePort } from '../harness/free-port.js';
import { Histogram, type HistogramCounts } from '../harness/histogram.js';
import { describeMachine, takeLoaderCore } from '../harness/machine.js';
import { oneOf, whole } from '../harness/option-values.js';
import { median } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { writeMlp } from '../servers/mlp-files.js';
import { ServerProcess } from '../servers/server-process.js';
import { interval } from '../streams/targets.js';
import type { FlooderReport } from './flood-messages.js';
import { Flooder } from './flooder.js';
import { SteadyLoad } from './steady-load.js';

const RESULT_FILE = fileURLToPath(new URL('./flood.json', import.meta.url));
/** The p99 of others may grow by so much. */
const MOST = 1.25;
/** Seconds of each, in turn: no flood; one for a server beside the hub; one for the hub. */
const KINDS = ['quiet', 'beside', 'flood'] as const;
type Kind = (typeof KINDS)[number];
const NAMES: Readonly<Record<Kind, string>> = { quiet: 'no flood', beside: 'beside the hub', flood: 'of the hub' };
const HELP = `npm run bench:flood -- [options]

  --pairs N       seconds of each kind: without a flood, with one beside the hub, with one of the hub (20)
  --connects N    connections that one address tries to make in a second (5000)
  --rate N        requests a second of the others (500)
  --allowed N     connections a second that the hub lets in of one address (20)
  --engine NAME   native (the default) or wasm
  --quick         four pairs
  --out FILE      where the JSON goes (dist/bench/flood/flood.json)
  --check         exit code 1 when the target is missed
`;

await runBench(run);

async function run(): Promise<void> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      pairs: { type: 'string' },
      connects: { type: 'string', default: '5000' },
      rate: { type: 'string', default: '500' },
      allowed: { type: 'string', default: '20' },
      engine: { type: 'string', default: 'native' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string', default: RESULT_FILE },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const plan = {
    pairs: whole('pairs', values.pairs ?? (values.quick ? '4' : '20'), 1, 200),
    connects: whole('connects', values.connects, 1, 10_000),
    perSecond: whole('rate', values.rate, 1, 10_000),
    allowed: whole('allowed', values.allowed, 1, 10_000),
    engine: oneOf('engine', values.engine, ['native', 'wasm']),
    sockets: 16,
  };
  const lack = takeLoaderCore();
  if (lack !== undefined) throw new Error(lack);
  const root = temporaryFolder();
  const flags = ['--connects-per-second', String(plan.allowed)];
  const server = await ServerProcess.start('hub', { engine: plan.engine, model: await writeMlp(root), flags });
  const { port } = server;
  const load = new SteadyLoad({ port, sockets: plan.sockets, perSecond: plan.perSecond });
  const flooder = new Flooder({ port, connects: plan.connects, address: '127.0.0.2' });
  const elsewhere = await freePort();
  const bystander = await openBystander(elsewhere);
  const beside = new Flooder({ port: elsewhere, connects: plan.connects, address: '127.0.0.2' });
  const seconds: Record<Kind, HistogramCounts[]> = { quiet: [], beside: [], flood: [] };
  const cpu: Record<Kind, number[]> = { quiet: [], beside: [], flood: [] };
  const floods: FlooderReport[] = [];
  try {
    await load.start();
    await delay(3000);
    for (let pair = 0; pair < plan.pairs; pair++) {
      for (let turn = 0; turn < KINDS.length; turn++) {
        // Who is first takes turns too.
        const kind = KINDS[(pair + turn) % KINDS.length] ?? 'quiet';
        load.latencyUs.reset();
        const [before, startedAt] = [server.cpuSeconds(), performance.now()];
        if (kind === 'quiet') await delay(1000);
        else if (kind === 'beside') await beside.flood();
        else floods.push(await flooder.flood());
        seconds[kind].push(load.latencyUs.toCounts());
        cpu[kind].push((server.cpuSeconds() - before) / ((performance.now() - startedAt) / 1000));
        await delay(500);
      }
      const { seconds: took = 0, refused = 0, letIn = 0, reset = 0 } = floods.at(-1) ?? {};
      console.log(
        `p99 ${ms(p99(seconds.quiet.at(-1)))} ms without, ${ms(p99(seconds.beside.at(-1)))} ms beside, ${ms(p99(seconds.flood.at(-1)))} ms with ${plan.connects} connects in ${took.toFixed(2)} s: ${letIn} let in, ${refused} refused, ${reset} closed`,
      );
    }
  } finally {
    load.stop();
    await Promise.all([flooder.close(), beside.close(), bystander.end('SIGTERM'), server.end()]);
  }

  const pooled = {
    quiet: Histogram.of(...seconds.quiet),
    beside: Histogram.of(...seconds.beside),
    flood: Histogram.of(...seconds.flood),
  };
  const over = (kind: Kind, base: Kind) => pooled[kind].percentile(0.99) / pooled[base].percentile(0.99);
  const ratios = seconds.flood.map((counts, i) => p99(counts) / p99(seconds.quiet[i]));
  const ratio = over('flood', 'quiet');
  const isMet = ratio <= MOST;
  const row = (kind: Kind): string[] => [
    NAMES[kind],
    ...[0.5, 0.9, 0.99, 0.999].map((share) => ms(pooled[kind].percentile(share))),
    `${Math.round(100 * median(cpu[kind]))} %`,
  ];
  console.log(table(['', 'p50 ms', 'p90', 'p99', 'p99.9', 'CPU of the hub'], KINDS.map(row)));
  console.log(
    `${isMet ? 'met' : 'MISSED'}: p99 of the others with a flood over without: ${ratio.toFixed(2)} (at most ${MOST}); by pairs ${interval(ratios)}`,
  );
  console.log(
    `the machine alone: ${over('beside', 'quiet').toFixed(2)}, a flood of the hub over one beside it: ${over('flood', 'beside').toFixed(2)}`,
  );
  if (load.refused > 0)
    console.log(`${load.refused} requests of the others were refused: the machine is too busy to judge by`);
  const figures = {
    ratio,
    ratioOfBesideToQuiet: over('beside', 'quiet'),
    ratioToBeside: over('flood', 'beside'),
    refused: load.refused,
    isMet,
    ratios,
    cpu,
    quiet: percentiles(pooled.quiet),
    beside: percentiles(pooled.beside),
    flood: percentiles(pooled.flood),
    floods,
  };
  const result = { date: new Date().toISOString(), machine: describeMachine(), plan, ...figures };
  writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${values.out}`);
  if (values.check && !isMet) process.exitCode = 1;
}

/** See bystander.ts. */
async function openBystander(port: number): Promise<Child> {
  const file = fileURLToPath(new URL('./bystander.js', import.meta.url));
  let listens = (): void => {};
  const listening = new Promise<void>((resolve) => {
    listens = resolve;
  });
  const args = [file, String(port)];
  const child = new Child({ name: 'the server beside the hub', core: SERVER_CORE, args, onLine: listens });
  await within(10_000, 'the server beside the hub', Promise.race([listening, child.ended]));
  return child;
}

function p99(counts: HistogramCounts | undefined): number {
  return Histogram.of(counts ?? []).percentile(0.99);
}

function percentiles(histogram: Histogram): Record<string, number> {
  return Object.fromEntries([0.5, 0.9, 0.99, 0.999].map((share) => [`p${share * 100}Us`, histogram.percentile(share)]));
}

function ms(us: number): string {
  return (us / 1000).toFixed(2);
}
