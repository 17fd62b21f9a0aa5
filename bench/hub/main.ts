/** Entry of `npm run bench`: options, rounds, table, JSON, exit code. What is measured, and how, is in the modules it calls. */

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { probeBackend } from '../../server/engine/backend/backend-probe.js';
import { temporaryFolder } from '../harness/entry.js';
import { describeMachine, takeLoaderCore } from '../harness/machine.js';
import { connectNewcomers } from '../load/newcomers.js';
import { type EngineFigures, measureEngine } from '../servers/engine-figures.js';
import { writeMlp } from '../servers/mlp-files.js';
import { serverNames } from '../servers/server-process.js';
import { type Measurement, measure } from './measurement.js';
import { type BenchOptions, parseOptions } from './options.js';
import { progressLine, reportText } from './report.js';
import { engineBatch, isMet, mediansOf, type RawFigures, summarise } from './summary.js';

/** Rows at which the engine is measured when no hub was: one, and a batch of a middling size. */
const DEFAULT_BATCHES = [1, 32];
const ENGINE_SECONDS = 1;
const RESULT_FILE = fileURLToPath(new URL('./result.json', import.meta.url));

// Exiting ends the children (child.ts) and removes the model's files.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const parsing = parseOptions(argv.slice(2));
if (parsing.kind === 'help') console.log(parsing.text);
else if (parsing.kind === 'problem') fail(parsing.problem);
else await run(parsing.options).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));

async function run(options: BenchOptions): Promise<void> {
  const lack = takeLoaderCore();
  if (lack !== undefined) return fail(lack);
  const engine = await probeBackend(options.engine);
  if (!engine.available) {
    return fail(
      `the engine "${engine.name}" is not available: ${engine.reason}. What to do: ${engine.remedy}, or --engine wasm`,
    );
  }
  const machine = describeMachine();
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, engine ${engine.name} ${engine.version}`);

  const root = temporaryFolder();
  const figures = await measureAll(options, await writeMlp(root));
  const summary = summarise(figures);
  console.log(`\n${reportText(summary)}`);

  const file = options.out ?? RESULT_FILE;
  const result = { date: new Date().toISOString(), machine, backend: engine.version, options, summary, ...figures };
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures of all rounds: ${file}`);
  if (options.check && summary.targets.some((target) => isMet(target) === false)) process.exitCode = 1;
}

/** Servers take turns within a round, so that a slow minute of the machine meets them all. */
async function measureAll(options: BenchOptions, model: string): Promise<RawFigures> {
  const { engine, only, rounds, sockets, seconds, warmUpSeconds, pipeline, loaders } = options;
  const setting = { engine, model };
  const measurements: Measurement[] = [];
  const newcomersMs: number[] = [];
  const say = (round: number, text: string) => console.log(`round ${round}/${rounds}  ${text}`);
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

function fail(problem: string): void {
  console.error(`bench: ${problem}`);
  process.exitCode = 1;
}
