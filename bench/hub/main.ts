/**
 * The program of `npm run bench`: the hub beside servers that put its figures into perspective. What is measured, and how, is
 * in the modules it calls.
 */

import { runBench } from '../harness/bench.js';
import { connectNewcomers } from '../load/newcomers.js';
import { type EngineFigures, measureEngine } from '../servers/engine-figures.js';
import { writeMlp } from '../servers/mlp-files.js';
import { serverNames } from '../servers/server-process.js';
import { type Measurement, measure } from './measurement.js';
import { type BenchOptions, OPTIONS } from './options.js';
import { progressLine, tablesOf } from './report.js';
import { engineBatch, mediansOf, type RawFigures, summarise } from './summary.js';

/** Batch sizes at which the engine is measured without a hub's: one, and a medium size. */
const DEFAULT_BATCHES = [1, 32];
const ENGINE_SECONDS = 1;

const BENCH = {
  name: 'bench',
  intro:
    'The hub beside two servers that say what its figures are worth, and its engine alone.\n' +
    '`npm run bench -- engines` measures engines instead, as `npm run bench:engines` does.',
  fails: 'with --check',
  options: OPTIONS,
} as const;

await runBench(BENCH, async (options, { say, folder }) => {
  const figures = await measureAll(options, await writeMlp(folder), say);
  const summary = summarise(figures);
  const { targets, doubts } = summary;
  return { tables: tablesOf(summary), targets, doubts, figures: { summary, ...figures } };
});

/** Servers take turns within a round, so that a slow minute of the machine affects them all. */
async function measureAll(options: BenchOptions, model: string, tell: (line: string) => void): Promise<RawFigures> {
  const { engine, only, rounds, sockets, seconds, warmUp: warmUpSeconds, pipeline, loaders } = options;
  const setting = { engine, model };
  const measurements: Measurement[] = [];
  const newcomersMs: number[] = [];
  const say = (round: number, text: string) => tell(`round ${round}/${rounds}  ${text}`);
  for (let round = 1; round <= rounds; round++) {
    for (const count of sockets) {
      for (const server of serverNames.filter((name) => only.includes(name))) {
        const plan = { server, setting, sockets: count, loaders, pipeline, warmUpSeconds, seconds };
        const measurement = await measure(plan);
        measurements.push(measurement);
        say(round, progressLine(measurement));
      }
    }
    if (only.includes('connect')) {
      const ms = await connectNewcomers({ server: 'hub', setting, warmUpSeconds });
      newcomersMs.push(ms);
      say(round, `connect: all new sockets ready after ${Math.round(ms)} ms`);
    }
  }
  const engineFigures: EngineFigures[] = [];
  const hub = mediansOf(measurements).filter(({ server }) => server === 'hub');
  const batches = [...new Set(hub.length === 0 ? DEFAULT_BATCHES : [1, ...hub.map(engineBatch)])];
  for (let round = 1; round <= rounds && only.includes('engine'); round++) {
    engineFigures.push(...(await measureEngine({ engine, model, batches, seconds: ENGINE_SECONDS })));
    say(round, `engine alone at ${batches.join(', ')} rows`);
  }
  return { measurements, engine: engineFigures, newcomersMs };
}
