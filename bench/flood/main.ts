/** Entry of `npm run bench:flood`: the cost of a flood of connections to uninvolved clients. */

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { integer, quickly } from '../../command-line/option.js';
import { runBench } from '../harness/bench.js';
import { Child, SERVER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import { freePort } from '../harness/free-port.js';
import { type HistogramCounts, LatencyHistogram } from '../harness/latency-histogram.js';
import { ENGINE, QUICK } from '../harness/options.js';
import { interval, median } from '../harness/statistics.js';
import { msText, percentText, table } from '../harness/table.js';
import { atMost } from '../harness/target.js';
import { inTurns, ratios } from '../harness/turns.js';
import { writeMlp } from '../servers/mlp-files.js';
import { ServerProcess } from '../servers/server-process.js';
import type { FlooderReport } from './flood-messages.js';
import { Flooder } from './flooder.js';
import { SteadyLoad } from './steady-load.js';

/** Maximum growth factor of the others' p99. */
const MOST = 1.25;
const SOCKETS = 16;
/** Alternating seconds: no flood; one at a server beside the hub; one at the hub. */
const KINDS = ['quiet', 'beside', 'flood'] as const;
type Kind = (typeof KINDS)[number];
const NAMES: Readonly<Record<Kind, string>> = { quiet: 'no flood', beside: 'beside the hub', flood: 'of the hub' };

interface Second {
  readonly latencyUs: HistogramCounts;
  /** Of the hub, in cores. */
  readonly cpu: number;
  readonly flood: FlooderReport | undefined;
}

const BENCH = {
  name: 'bench:flood',
  intro:
    'What a flood of connections costs others: seconds without one, with one of a server beside the hub, with one of the hub.',
  fails: 'with --check',
  options: {
    pairs: quickly(integer(1, 200, 20, 'Seconds of each kind.'), 4),
    connects: integer(1, 10_000, 5000, 'Connections that one address tries to make in a second.'),
    rate: integer(1, 10_000, 500, 'Requests a second of the others.'),
    allowed: integer(1, 10_000, 20, 'Connections a second that the hub lets in of one address.'),
    engine: ENGINE,
    quick: QUICK,
  },
} as const;

await runBench(BENCH, async ({ pairs, connects, rate, allowed }, { say, folder, engine }) => {
  const flags = ['--connects-per-second', String(allowed)];
  const server = await ServerProcess.start('hub', { engine, model: await writeMlp(folder), flags });
  const { port } = server;
  const load = new SteadyLoad({ port, sockets: SOCKETS, perSecond: rate });
  const flooder = new Flooder({ port, connects, address: '127.0.0.2' });
  const elsewhere = await freePort();
  const bystander = await openBystander(elsewhere);
  const beside = new Flooder({ port: elsewhere, connects, address: '127.0.0.2' });
  const measure = async (kind: Kind): Promise<Second> => {
    load.latencyUs.reset();
    const [before, startedAt] = [server.cpuSeconds(), performance.now()];
    const flood = await (kind === 'quiet' ? delay(1000, undefined) : (kind === 'beside' ? beside : flooder).flood());
    const cpu = (server.cpuSeconds() - before) / ((performance.now() - startedAt) / 1000);
    const second = { latencyUs: load.latencyUs.toCounts(), cpu, flood };
    await delay(500);
    return second;
  };
  const line = ({ quiet, beside: aside, flood }: Readonly<Record<Kind, Second>>): string => {
    const { seconds = 0, refused = 0, letIn = 0, reset = 0 } = flood.flood ?? {};
    const felt = `p99 ${msText(p99(quiet))} ms without, ${msText(p99(aside))} ms beside, ${msText(p99(flood))} ms with`;
    return `${felt} ${connects} connects in ${seconds.toFixed(2)} s: ${letIn} let in, ${refused} refused, ${reset} closed`;
  };
  let all: Readonly<Record<Kind, readonly Second[]>>;
  try {
    await load.start();
    await delay(3000);
    all = await inTurns(KINDS, pairs, measure, (figures) => say(line(figures)));
  } finally {
    load.stop();
    await Promise.all([flooder.close(), beside.close(), bystander.end('SIGTERM'), server.end()]);
  }

  const pooled = (kind: Kind): LatencyHistogram => LatencyHistogram.of(...all[kind].map(({ latencyUs }) => latencyUs));
  const over = (kind: Kind, base: Kind) => pooled(kind).percentile(0.99) / pooled(base).percentile(0.99);
  const byPairs = ratios(all.flood.map(p99), all.quiet.map(p99));
  const row = (kind: Kind): string[] => [
    NAMES[kind],
    ...[0.5, 0.9, 0.99, 0.999].map((share) => msText(pooled(kind).percentile(share))),
    percentText(median(all[kind].map(({ cpu }) => cpu))),
  ];
  const notes = [
    `p99 with a flood over without, by pairs: ${interval(byPairs)}`,
    `the machine alone: ${over('beside', 'quiet').toFixed(2)}, a flood of the hub over one beside it: ${over('flood', 'beside').toFixed(2)}`,
  ];
  const { refused } = load;
  return {
    tables: [table(['', 'p50 ms', 'p90', 'p99', 'p99.9', 'CPU of the hub'], KINDS.map(row)), notes.join('\n')],
    targets: [atMost('p99 of the others with a flood over without', over('flood', 'quiet'), MOST)],
    doubts: refused > 0 ? [`${refused} requests of the others were refused: the machine is too busy to judge by`] : [],
    figures: {
      ratioOfBesideToQuiet: over('beside', 'quiet'),
      ratioToBeside: over('flood', 'beside'),
      refused,
      ratios: byPairs,
      ...Object.fromEntries(KINDS.map((kind) => [kind, percentiles(pooled(kind))])),
      cpu: Object.fromEntries(KINDS.map((kind) => [kind, all[kind].map(({ cpu }) => cpu)])),
      floods: all.flood.map(({ flood }) => flood),
    },
  };
});

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

function p99({ latencyUs }: Second): number {
  return LatencyHistogram.of(latencyUs).percentile(0.99);
}

function percentiles(histogram: LatencyHistogram): Record<string, number> {
  return Object.fromEntries([0.5, 0.9, 0.99, 0.999].map((share) => [`p${share * 100}Us`, histogram.percentile(share)]));
}
