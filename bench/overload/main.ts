/**
 * Entry of `npm run bench:overload`: what is left of the best goodput when several times as much is asked, and whether those who come again when
 * they were told to are let in.
 */

import { join } from 'node:path';
import { integer, integers, quickly, someOf } from '../../command-line/option.js';
import { runBench } from '../harness/bench.js';
import { ENGINE, type EngineName, QUICK } from '../harness/options.js';
import { median } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { atLeast, type Target } from '../harness/target.js';
import { buildInputs, buildMlp } from '../servers/mlp.js';
import { writeMlp } from '../servers/mlp-files.js';
import { ServerProcess } from '../servers/server-process.js';
import { Events } from './caller.js';
import { Load, type Phase } from './load.js';
import { type Patience, Patient } from './patient.js';

/** Of the best goodput, at twice and five times as much; of those who come again. */
const LEAST_GOODPUT = 0.8;
const LEAST_LET_IN = 0.9;
const JUDGED: readonly number[] = [2, 5];
const TIMES = [1, 2, 3, 5] as const;
const EVENT_ROWS = 64;
/** Requests that a client may have open by the hub's defaults, of so many rows. */
const CREDIT = 1024 / EVENT_ROWS;
const OF_PRINCIPAL = 8192 / EVENT_ROWS;
/** A model whose rows cost as much as their JSON, and one whose rows cost many times that; inputs, then units of the layers. */
const MODELS = {
  light: [16, 32, 3],
  mlp: [16, 256, 256, 3],
  wide: [128, 256, 256, 3],
} as const satisfies Record<string, readonly number[]>;
type ModelName = keyof typeof MODELS;
const MODEL_NAMES = ['light', 'mlp', 'wide'] as const satisfies readonly ModelName[];
/** Requests open in the closed loop, over all connections: enough for full batches, and within every credit. */
const OPEN_REQUESTS = 64;
/** V8 compiles the way of a refusal for several seconds before the server is at its pace, and that of an answer likewise. */
const WARM_MS = 6000;

interface Scene {
  readonly model: ModelName;
  readonly sockets: number;
}

interface Plan {
  readonly rounds: number;
  readonly ms: number;
  readonly engine: EngineName;
  readonly folder: string;
}

interface Compared extends Phase {
  readonly share: number;
  readonly shareByCpu: number;
}

interface SceneResult extends Scene {
  readonly eventBytes: number;
  readonly peaks: readonly Phase[];
  readonly times: readonly {
    readonly times: number;
    /** Of the peak: of what the clock measured, and for the CPU time that the server had. */
    readonly share: number;
    readonly shareByCpu: number;
    readonly phases: readonly Compared[];
  }[];
  /** Some who are patient beside a load of so many times, and a crowd that is patient of so many times what may be in flight. */
  readonly beside: readonly Retries[];
  readonly crowd: readonly Retries[];
  readonly peakRssMiB: number;
}

interface Retries extends Patience {
  readonly times: number;
  readonly firstShare: number;
}

const BENCH = {
  name: 'bench:overload',
  intro: `What is left of the best goodput when several times as much is asked, and whether those who come again when they were told to are
let in. Models: ${MODEL_NAMES.map((name) => `${name} (${MODELS[name].join(' -> ')})`).join(', ')}.`,
  fails: 'with --check',
  options: {
    models: someOf(MODEL_NAMES, MODEL_NAMES.join(), 'Which models.'),
    sockets: integers(1, 1000, [5, 64], 'Connections of the load.'),
    rounds: quickly(integer(1, 100, 3, 'Of each: the closed loop, then 1, 2, 3 and 5 times its goodput.'), 1),
    seconds: quickly(integer(1, 600, 3, 'Counted time of each phase.'), 1),
    engine: ENGINE,
    quick: QUICK,
  },
} as const;

await runBench(BENCH, async ({ models, sockets, rounds, seconds }, { engine, folder }) => {
  const plan = { rounds, ms: 1000 * seconds, engine, folder };
  const results: SceneResult[] = [];
  for (const model of models) for (const count of sockets) results.push(await measure({ model, sockets: count }, plan));
  return { tables: [], targets: results.flatMap(targetsOf), figures: { results } };
});

async function measure({ model, sockets }: Scene, plan: Plan): Promise<SceneResult> {
  const sizes = MODELS[model];
  const folder = await writeMlp(join(plan.folder, `${model}-${sockets}`), buildMlp(sizes));
  const events = new Events(buildInputs(sizes[0]).slice(0, EVENT_ROWS));
  const server = await ServerProcess.start('hub', { engine: plan.engine, model: folder });
  const { port } = server;
  // The default timeoutMs of a request.
  const load = new Load(events, 10_000, () => server.cpuSeconds());
  const patients: Patient[] = [];
  let peakRss = 0;
  const looks = setInterval(() => {
    peakRss = Math.max(peakRss, server.rssBytes());
  }, 100);
  try {
    await load.connect(port, sockets);
    const window = Math.max(1, Math.min(CREDIT, Math.floor(OPEN_REQUESTS / sockets)));
    await load.closed(window, WARM_MS);
    await load.open(3 * (await load.closed(window, 1000)).good, WARM_MS);
    const peaks = [await load.closed(window, plan.ms)];
    const measured = new Map<number, Compared[]>(TIMES.map((times) => [times, []]));
    for (let round = 0; round < plan.rounds; round++) {
      for (const times of TIMES) {
        const before = peaks.at(-1) as Phase;
        const phase = await load.open(times * before.good, plan.ms);
        const after = await load.closed(window, plan.ms);
        peaks.push(after);
        // The machine's pace changes: each overload is compared with what was best just before and just after it.
        const share = (2 * phase.good) / (before.good + after.good);
        const shareByCpu = (perCpu(phase) * 2) / (perCpu(before) + perCpu(after));
        measured.get(times)?.push({ ...phase, share, shareByCpu });
      }
    }

    const beside: Retries[] = [];
    const crowd: Retries[] = [];
    for (const times of JUDGED) {
      const few = new Patient(events, { port, connections: 16, window: 1, pauseMs: 10 });
      patients.push(few);
      await few.connect();
      const flood = load.open(times * median(peaks.map(({ good }) => good)), plan.rounds * plan.ms);
      few.begin();
      await flood;
      beside.push(retriesOf(times, await few.end()));
      few.close();

      const requests = Math.ceil((times * OF_PRINCIPAL) / sockets);
      const many = new Patient(events, { port, connections: sockets, window: requests, pauseMs: 0 });
      patients.push(many);
      await many.connect();
      many.begin();
      await new Promise((resolve) => setTimeout(resolve, plan.rounds * plan.ms));
      crowd.push(retriesOf(times, await many.end()));
      many.close();
    }
    const result: SceneResult = {
      model,
      sockets,
      eventBytes: events.bytes,
      peaks,
      times: TIMES.map((times) => {
        const phases = measured.get(times) ?? [];
        const [share, shareByCpu] = [phases.map((it) => it.share), phases.map((it) => it.shareByCpu)];
        return { times, share: median(share), shareByCpu: median(shareByCpu), phases };
      }),
      beside,
      crowd,
      peakRssMiB: Math.round(peakRss / 2 ** 20),
    };
    show(result);
    return result;
  } finally {
    clearInterval(looks);
    load.close();
    for (const patient of patients) patient.close();
    await server.end();
  }
}

function retriesOf(times: number, patience: Patience): Retries {
  return { times, firstShare: patience.letIn / patience.retries, ...patience };
}

/** Where nobody was refused, nobody came again. */
function targetsOf({ model, sockets, times, beside, crowd }: SceneResult): Target[] {
  const scene = `${model}, ${sockets} connections`;
  const retries = [...beside, ...crowd].filter((some) => some.retries > 0).map(({ firstShare }) => firstShare);
  return [
    ...times
      .filter(({ times: many }) => JUDGED.includes(many))
      .map(({ times: many, share }) =>
        atLeast(`${scene}: goodput at ${many} x of the peak`, share, LEAST_GOODPUT, percent),
      ),
    atLeast(
      `${scene}: first retries let in, the least share`,
      retries.length === 0 ? undefined : Math.min(...retries),
      LEAST_LET_IN,
      percent,
    ),
  ];
}

function show({ model, sockets, eventBytes, peaks, times, beside, crowd, peakRssMiB }: SceneResult): void {
  const of = (phases: readonly Phase[], figure: (phase: Phase) => number): string =>
    String(Math.round(median(phases.map(figure))));
  const row = (name: string, phases: readonly Phase[], ...shares: number[]): string[] => [
    name,
    of(phases, ({ offered }) => offered),
    of(phases, ({ written }) => written),
    of(phases, ({ good }) => good * EVENT_ROWS),
    ...shares.map(percent),
    of(phases, ({ refused }) => refused),
    of(phases, ({ retryAfterMs }) => retryAfterMs),
    of(phases, ({ p50Ms }) => p50Ms),
    of(phases, ({ p99Ms }) => p99Ms),
  ];
  console.log(`\n${model}, ${sockets} connections, events of ${EVENT_ROWS} rows and ${eventBytes} bytes`);
  const header = [
    '',
    'offered/s',
    'written/s',
    'rows/s',
    'of peak',
    'by CPU',
    'refused/s',
    'retryAfterMs',
    'p50 ms',
    'p99 ms',
  ];
  const rows = times.map(({ times: many, share, shareByCpu, phases }) => row(`${many} x`, phases, share, shareByCpu));
  console.log(table(header, [row('closed loop', peaks, 1, 1), ...rows]));
  const retries = (name: string, { times: many, ...of }: Retries): string[] => [
    `${name} ${many} x`,
    String(of.answered),
    String(of.retries),
    Number.isNaN(of.firstShare) ? '-' : percent(of.firstShare),
    String(Math.round(of.retryAfterMs)),
    String(of.longestMs),
  ];
  console.log(
    table(
      ['patient', 'answered', 'came again', 'let in at first retry', 'retryAfterMs', 'longest'],
      [...beside.map((it) => retries('16 beside', it)), ...crowd.map((it) => retries('all of', it))],
    ),
  );
  console.log(`RSS of the hub at most ${peakRssMiB} MiB`);
}

/** Events answered in a second of the server's CPU time. */
function perCpu({ good, cpu }: Phase): number {
  return good / cpu;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
