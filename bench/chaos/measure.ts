/**
 * The cost of each attack to uninvolved clients: a quiet hub, the same attack on a bare server on its core, and on the
 * hub.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from '../harness/bench.js';
import { type HistogramCounts, LatencyHistogram } from '../harness/latency-histogram.js';
import type { Report } from '../harness/report.js';
import { msText, table, wholeText } from '../harness/table.js';
import { percentiles, recover } from './act.js';
import type { AttackReport } from './attacker/attack-messages.js';
import { Attacker } from './attacker/attacker.js';
import { BareServer } from './attacker/bare-server.js';
import type { AttackName } from './attacks/table.js';
import { Crowd } from './clients/crowd.js';
import { sumOf } from './clients/oracle.js';
import { HubProcess } from './hub/hub-process.js';
import { writeModels } from './hub/models.js';
import { ResidentMemory } from './hub/resident-memory.js';
import { knownMissOf, type Measured, missesOf, ratioOf, type Stretch } from './measure-verdict.js';
import type { ChaosOptions } from './options.js';
import { type ActOutcome, mib } from './verdict.js';

const PER_KIND = 4;
/** A p99 above this without any activity is caused by the machine. */
const BUSY_US = 50_000;
const WARM_UP_MS = 4_000;
/** As docs/operations.md recommends for a hub with one core. */
const ONE_CORE_FLAGS = ['--single-threaded-gc'];
/** Quiet time of each pair, as a fraction of the attack's time. */
const QUIET_SHARE = 1 / 3;

export async function runMeasure(options: ChaosOptions, { say, folder }: Stage): Promise<Report> {
  const attacker = new Attacker();
  const bare = await BareServer.start();
  const models = await writeModels(folder, false);
  const all: Measured[] = [];
  try {
    for (const attack of options.attacks) {
      const measured = await measure(attack, options, { attacker, bare, models });
      all.push(measured);
      say(`${attack}: ${[...missesOf(measured), ...knownMisses(measured)].join('; ') || 'ok'}`);
    }
  } finally {
    await attacker.close();
    await bare.close();
  }
  const misses = all.flatMap((one) => missesOf(one).map((miss) => `${one.attack}: ${miss}`));
  const busy = all.filter(({ quiet }) => !(quiet.p99Us <= BUSY_US)).length;
  const doubt = `with ${busy} attacks the p99 was above ${msText(BUSY_US)} ms before: the machine is too busy to judge by`;
  const tables = [measureTable(all), ...(misses.length === 0 ? [`PASS: ${all.length} attacks`] : [])];
  const doubts = [
    ...all.flatMap((one) => knownMisses(one).map((miss) => `${one.attack}: ${miss}`)),
    ...(busy > 0 ? [doubt] : []),
  ];
  return { tables, misses, doubts, figures: { seed: options.seed, attacks: all } };
}

interface Servers {
  readonly attacker: Attacker;
  readonly bare: BareServer;
  readonly models: string;
}

function knownMisses(measured: Measured): readonly string[] {
  const miss = knownMissOf(measured);
  return miss === undefined ? [] : [miss];
}

/** A hub of its own for each attack. */
async function measure(
  attack: AttackName,
  options: ChaosOptions,
  { attacker, bare, models }: Servers,
): Promise<Measured> {
  const { seconds, pairs, seed, heap: heapMiB, rate: perSecond } = options;
  const hub = await HubProcess.start({ models, heapMiB, nodeFlags: ONE_CORE_FLAGS });
  const crowd = new Crowd({
    url: hub.url,
    perKind: PER_KIND,
    perSecond,
    isExcused: () => false,
    isEngineHurt: false,
    isUp: () => hub.isUp,
  });
  const memory = new ResidentMemory(() => hub.rssBytes());
  const faults: string[] = [];
  const felt = { quiet: [] as HistogramCounts[], beside: [] as HistogramCounts[], under: [] as HistogramCounts[] };
  const reports = { beside: [] as AttackReport[], under: [] as AttackReport[] };
  let [quietRssBytes, peakRssBytes, longestGapMs] = [0, 0, 0];
  let outcome: ActOutcome = 'ok';
  try {
    await crowd.start();
    await delay(WARM_UP_MS);
    for (let pair = 0; pair < pairs && (outcome === 'ok' || outcome === 'stalled'); pair++) {
      const order = { names: [attack], seconds: seconds / pairs, seed: seed + pair };
      crowd.feel();
      memory.takePeak();
      await delay(1000 * QUIET_SHARE * order.seconds);
      felt.quiet.push(crowd.feel().latencyUs.toCounts());
      reports.beside.push(...(await attacker.attack({ ...order, port: bare.port })));
      felt.beside.push(crowd.feel().latencyUs.toCounts());
      quietRssBytes = Math.max(quietRssBytes, memory.takePeak());
      reports.under.push(...(await attacker.attack({ ...order, port: hub.port })));
      const recovered = await recover(hub, faults);
      const feeling = crowd.feel();
      felt.under.push(feeling.latencyUs.toCounts());
      longestGapMs = Math.max(longestGapMs, feeling.longestGapMs);
      peakRssBytes = Math.max(peakRssBytes, memory.takePeak());
      outcome = recovered === 'ok' && longestGapMs >= 1_000 ? 'stalled' : recovered;
    }
    await crowd.settle();
    const { accounts, faults: lostOnes } = await crowd.close();
    if (!(await hub.drain())) faults.push('the hub did not drain by itself');
    return {
      attack,
      outcome,
      quiet: percentiles(LatencyHistogram.of(...felt.quiet)),
      beside: stretch(felt.beside, reports.beside),
      under: stretch(felt.under, reports.under),
      longestGapMs,
      quietRssBytes,
      peakRssBytes,
      account: sumOf(Object.values(accounts)),
      faults: [...faults, ...lostOnes],
    };
  } finally {
    memory.close();
    await hub.kill();
  }
}

function stretch(felt: readonly HistogramCounts[], reports: readonly AttackReport[]): Stretch {
  const total = (name: 'sentBytes' | 'connects' | 'heldBack'): number =>
    reports.reduce((sum, { counts }) => sum + counts[name], 0);
  return {
    ...percentiles(LatencyHistogram.of(...felt)),
    sentBytes: total('sentBytes'),
    connects: total('connects'),
    heldBack: total('heldBack'),
  };
}

function measureTable(all: readonly Measured[]): string {
  const rows = all.map((one) => [
    one.attack,
    one.outcome,
    msText(one.quiet.p99Us),
    msText(one.beside.p99Us),
    msText(one.under.p99Us),
    ratioOf(one).toFixed(2),
    wholeText(one.longestGapMs),
    mib(one.peakRssBytes - one.quietRssBytes),
    `${mib(one.beside.sentBytes)} / ${mib(one.under.sentBytes)}`,
    wholeText(one.account.lost),
  ]);
  const header = [
    'attack',
    'hub',
    'p99 ms quiet',
    'beside',
    'under',
    'ratio',
    'gap ms',
    'RSS + MiB',
    'sent MiB beside / under',
    'lost',
  ];
  return table(header, rows);
}
