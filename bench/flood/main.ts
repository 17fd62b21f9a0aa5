// Entry of `npm run bench:flood`: what a flood of connections costs those who have nothing to do with it; table, JSON, exit code.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Histogram, type HistogramCounts } from '../histogram.js';
import { describeMachine, takeLoaderCore } from '../machine.js';
import { writeMlp } from '../mlp-files.js';
import { oneOf, whole } from '../option-values.js';
import { ServerProcess } from '../server-process.js';
import { median } from '../statistics.js';
import { interval } from '../streams/targets.js';
import { table } from '../table.js';
import type { FlooderReport } from './flood-messages.js';
import { Flooder } from './flooder.js';
import { SteadyLoad } from './steady-load.js';

const RESULT_FILE = fileURLToPath(new URL('./flood.json', import.meta.url));
/** The p99 of others may grow by so much. */
const MOST = 1.25;
const HELP = `npm run bench:flood -- [options]

  --pairs N       seconds without a flood, and with one, in alternation (20)
  --connects N    connections that one address tries to make in a second (5000)
  --rate N        requests a second of the others (2000)
  --allowed N     connections a second that the hub lets in of one address (100)
  --engine NAME   native (the default) or wasm
  --quick         four pairs
  --out FILE      where the JSON goes (dist/bench/flood/flood.json)
  --check         exit code 1 when the target is missed
`;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
await run().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function run(): Promise<void> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      pairs: { type: 'string' },
      connects: { type: 'string', default: '5000' },
      rate: { type: 'string', default: '2000' },
      allowed: { type: 'string', default: '100' },
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
    sockets: 50,
  };
  const lack = takeLoaderCore();
  if (lack !== undefined) throw new Error(lack);
  const root = mkdtempSync(join(tmpdir(), 'tickcast-bench-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const flags = ['--connects-per-second', String(plan.allowed)];
  const server = await ServerProcess.start('hub', { engine: plan.engine, model: await writeMlp(root), flags });
  const { port } = server;
  const load = new SteadyLoad({ port, sockets: plan.sockets, perSecond: plan.perSecond });
  const flooder = new Flooder({ port, connects: plan.connects, address: '127.0.0.2' });
  const seconds: Record<'quiet' | 'flood', HistogramCounts[]> = { quiet: [], flood: [] };
  const cpu: Record<'quiet' | 'flood', number[]> = { quiet: [], flood: [] };
  const floods: FlooderReport[] = [];
  try {
    await load.start();
    await delay(3000);
    for (let pair = 0; pair < plan.pairs; pair++) {
      for (const kind of pair % 2 === 0 ? (['quiet', 'flood'] as const) : (['flood', 'quiet'] as const)) {
        load.latencyUs.reset();
        const [before, startedAt] = [server.cpuSeconds(), performance.now()];
        if (kind === 'quiet') await delay(1000);
        else floods.push(await flooder.flood());
        seconds[kind].push(load.latencyUs.toCounts());
        cpu[kind].push((server.cpuSeconds() - before) / ((performance.now() - startedAt) / 1000));
        await delay(500);
      }
      const { seconds: took = 0, refused = 0, letIn = 0, reset = 0 } = floods.at(-1) ?? {};
      console.log(
        `p99 ${ms(p99(seconds.quiet.at(-1)))} ms without, ${ms(p99(seconds.flood.at(-1)))} ms with ${plan.connects} connects in ${took.toFixed(2)} s: ${letIn} let in, ${refused} refused, ${reset} closed`,
      );
    }
  } finally {
    load.stop();
    await Promise.all([flooder.close(), server.end()]);
  }

  const pooled = { quiet: Histogram.of(...seconds.quiet), flood: Histogram.of(...seconds.flood) };
  const ratios = seconds.flood.map((counts, i) => p99(counts) / p99(seconds.quiet[i]));
  const ratio = pooled.flood.percentile(0.99) / pooled.quiet.percentile(0.99);
  const isMet = ratio <= MOST;
  const row = (kind: 'quiet' | 'flood'): string[] => [
    kind,
    ...[0.5, 0.9, 0.99, 0.999].map((share) => ms(pooled[kind].percentile(share))),
    `${Math.round(100 * median(cpu[kind]))} %`,
  ];
  console.log(table(['', 'p50 ms', 'p90', 'p99', 'p99.9', 'CPU of the hub'], [row('quiet'), row('flood')]));
  console.log(
    `${isMet ? 'met' : 'MISSED'}: p99 of the others with a flood over without: ${ratio.toFixed(2)} (at most ${MOST}); by pairs ${interval(ratios)}`,
  );
  if (load.refused > 0)
    console.log(`${load.refused} requests of the others were refused: the machine is too busy to judge by`);
  const figures = {
    ratio,
    refused: load.refused,
    isMet,
    ratios,
    cpu,
    quiet: percentiles(pooled.quiet),
    flood: percentiles(pooled.flood),
    floods,
  };
  const result = { date: new Date().toISOString(), machine: describeMachine(), plan, ...figures };
  writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${values.out}`);
  if (values.check && !isMet) process.exitCode = 1;
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
