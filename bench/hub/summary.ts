/** Turns raw measurements into the figures of the table and the targets. Knows numbers; measures and prints nothing. */

import { median } from '../harness/statistics.js';
import { wholeText } from '../harness/table.js';
import { atLeast, atMost, type Target } from '../harness/target.js';
import { NEWCOMERS } from '../load/newcomers.js';
import type { EngineFigures } from '../servers/engine-figures.js';
import { type ServerName, serverNames } from '../servers/server-process.js';
import type { Measurement } from './measurement.js';

/** Everything that was measured, unprocessed. */
export interface RawFigures {
  readonly measurements: readonly Measurement[];
  readonly engine: readonly EngineFigures[];
  /** Milliseconds, one per round. */
  readonly newcomersMs: readonly number[];
}

export interface Summary {
  /** Medians over the rounds, in the order of the table. */
  readonly servers: readonly Measurement[];
  readonly engine: readonly EngineFigures[];
  readonly targets: readonly Target[];
  /** What makes a figure doubtful, for people. */
  readonly doubts: readonly string[];
}

/** The targets for throughput and CPU apply to this number of sockets. */
const FULL_LOAD_SOCKETS = 256;

export function summarise({ measurements, engine, newcomersMs }: RawFigures): Summary {
  const servers = mediansOf(measurements);
  const engineMedians = engineMediansOf(engine);
  const at = (server: ServerName, sockets: number) =>
    servers.find((one) => one.server === server && one.sockets === sockets);
  const engineAt = (rows: number | undefined) => engineMedians.find((one) => one.rows === rows);

  const hub = at('hub', FULL_LOAD_SOCKETS);
  const echo = at('echo', FULL_LOAD_SOCKETS);
  const loneHub = at('hub', 1);
  const ratio = (value: number | undefined, base: readonly (number | undefined)[]): number | undefined => {
    const sum = base.reduce<number>((total, part) => total + (part ?? Number.NaN), 0);
    return value === undefined || Number.isNaN(sum) ? undefined : value / sum;
  };
  const hubBatch = engineAt(hub === undefined ? undefined : engineBatch(hub));
  return {
    servers,
    engine: engineMedians,
    doubts: doubtsOf(servers),
    targets: [
      atLeast(
        `throughput, hub / naive, ${FULL_LOAD_SOCKETS} sockets`,
        ratio(hub?.predictionsPerSecond, [at('naive', FULL_LOAD_SOCKETS)?.predictionsPerSecond]),
        8,
      ),
      atMost(
        `CPU a prediction, hub / (echo + engine), ${FULL_LOAD_SOCKETS} sockets`,
        ratio(hub?.serverCpuUs, [echo?.serverCpuUs, hubBatch?.cpuUsPerRow]),
        1.5,
      ),
      atMost(
        'p50, hub / (echo + engine at batch 1), 1 socket',
        ratio(loneHub?.p50Us, [at('echo', 1)?.p50Us, engineAt(1)?.p50BatchUs]),
        1.5,
      ),
      atMost(
        `${NEWCOMERS} new sockets connect while ${NEWCOMERS} load the hub`,
        newcomersMs.length === 0 ? undefined : median(newcomersMs),
        1000,
        (ms) => `${wholeText(ms)} ms`,
      ),
    ],
  };
}

/** From here on, in cores, other processes disturb the figures. */
const NOTABLE_OTHER_LOAD = 0.1;
/** Above this, the loader may limit the server. */
const SAFE_LOADER_LOAD = 0.8;
/** Bytes cost time, so echo represents the hub only while their answers have the same size. */
const SAME_SIZE = 0.03;

function doubtsOf(servers: readonly Measurement[]): readonly string[] {
  const doubts: string[] = [];
  const busiest = Math.max(0, ...servers.map(({ otherLoad }) => otherLoad));
  if (busiest > NOTABLE_OTHER_LOAD) {
    doubts.push(`other processes took up to ${busiest.toFixed(2)} cores: stop them and run again for figures to quote`);
  }
  for (const { server, sockets, loaderLoad, serverLoad } of servers) {
    if (loaderLoad <= SAFE_LOADER_LOAD || serverLoad > loaderLoad) continue;
    doubts.push(
      `the loader was busier than the server "${server}" at ${sockets} sockets: the server may be faster than shown`,
    );
  }
  const hub = servers.find(({ server }) => server === 'hub');
  const echo = servers.find(({ server }) => server === 'echo');
  if (hub !== undefined && echo !== undefined && Math.abs(hub.answerBytes / echo.answerBytes - 1) > SAME_SIZE) {
    const [ours, theirs] = [hub.answerBytes.toFixed(0), echo.answerBytes.toFixed(0)];
    doubts.push(`an answer of the hub has ${ours} bytes and one of echo ${theirs}; expected the same`);
  }
  return doubts;
}

/** The batch size at which the engine alone is compared with this measurement. */
export function engineBatch({ meanBatch = 1 }: Measurement): number {
  return Math.max(1, Math.round(meanBatch));
}

export function mediansOf(measurements: readonly Measurement[]): readonly Measurement[] {
  const sockets = [...new Set(measurements.map((one) => one.sockets))];
  return sockets.flatMap((count) =>
    serverNames.flatMap((server) => {
      const rounds = measurements.filter((one) => one.server === server && one.sockets === count);
      return rounds.length === 0 ? [] : [medianOf(rounds)];
    }),
  );
}

function medianOf<Figures extends object>(rounds: readonly Figures[]): Figures {
  const [first] = rounds;
  if (first === undefined) throw new RangeError('no rounds to take the median of');
  const entries = Object.entries(first).map(([name, value]) => {
    if (typeof value !== 'number') return [name, value];
    // All rounds have the same fields, and this one is a number.
    return [name, median(rounds.map((round) => (round as Readonly<Record<string, number>>)[name] ?? Number.NaN))];
  });
  return Object.fromEntries(entries);
}

function engineMediansOf(figures: readonly EngineFigures[]): readonly EngineFigures[] {
  const sizes = [...new Set(figures.map(({ rows }) => rows))];
  return sizes.map((rows) => medianOf(figures.filter((one) => one.rows === rows)));
}
