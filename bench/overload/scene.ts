/**
 * A hub under overload: the closed loop that is its peak, several times that load, and callers that retry when told to.
 * Judges nothing.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineName } from '../harness/options.js';
import { median } from '../harness/statistics.js';
import { buildInputs, buildMlp } from '../servers/mlp.js';
import { writeMlp } from '../servers/mlp-files.js';
import { ServerProcess } from '../servers/server-process.js';
import { Events } from './caller.js';
import { Load, type Phase } from './load.js';
import { type Patience, Patient } from './patient.js';

/** Multiples that are judged, and at which callers are obedient. */
export const JUDGED: readonly number[] = [2, 5];
const TIMES = [1, 2, 3, 5] as const;
export const EVENT_ROWS = 64;
/** Open requests per client by the hub's default credit, in events of this many rows. */
const CREDIT = 1024 / EVENT_ROWS;
const OF_PRINCIPAL = 8192 / EVENT_ROWS;
/**
 * A model whose rows cost as much as their JSON, and one whose rows cost many times that; inputs, then units of the
 * layers.
 */
export const MODELS = {
  light: [16, 32, 3],
  mlp: [16, 256, 256, 3],
  wide: [128, 256, 256, 3],
} as const satisfies Record<string, readonly number[]>;
type ModelName = keyof typeof MODELS;
/** Requests open in the closed loop, over all connections: enough for full batches, and within every credit. */
const OPEN_REQUESTS = 64;
/**
 * V8 compiles the refusal path for several seconds before the server reaches its pace, and likewise the answer path.
 */
const WARM_MS = 6000;

interface Scene {
  readonly model: ModelName;
  readonly sockets: number;
}

export interface ScenePlan {
  readonly rounds: number;
  readonly ms: number;
  readonly engine: EngineName;
  readonly folder: string;
}

interface Compared extends Phase {
  readonly share: number;
  readonly shareByCpu: number;
}

export interface SceneResult extends Scene {
  readonly eventBytes: number;
  readonly peaks: readonly Phase[];
  readonly times: readonly {
    readonly times: number;
    /** Fraction of the peak: by wall time, and by the server's CPU time. */
    readonly share: number;
    readonly shareByCpu: number;
    readonly phases: readonly Compared[];
  }[];
  /**
   * Obedient callers beside each multiple of the load, and an obedient crowd that asks for multiples of what may be in
   * flight.
   */
  readonly beside: readonly Retries[];
  readonly crowd: readonly Retries[];
  readonly peakRssMiB: number;
}

export interface Retries extends Patience {
  readonly times: number;
  readonly firstShare: number;
}

/** One hub under one load after the other. */
export async function measureScene({ model, sockets }: Scene, plan: ScenePlan): Promise<SceneResult> {
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
        // The machine's pace changes: each overload is compared with the peak just before and just after it.
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
      await delay(plan.rounds * plan.ms);
      crowd.push(retriesOf(times, await many.end()));
      many.close();
    }
    return {
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

/** Events answered per second of the server's CPU time. */
function perCpu({ good, cpu }: Phase): number {
  return good / cpu;
}
