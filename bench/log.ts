// Entry of `npm run bench:log`: what the prediction log costs. The hub at full load with and without it, in alternation; JSON, exit code.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, takeLoaderCore } from './machine.js';
import { type Measurement, measure } from './measurement.js';
import { writeMlp } from './mlp-files.js';
import { oneOf, problemOf, whole } from './option-values.js';
import { median } from './statistics.js';
import { interval } from './streams/targets.js';

const RESULT_FILE = fileURLToPath(new URL('./log.json', import.meta.url));
const INPUTS = ['plain', 'hash', 'none'] as const;
/** The hub keeps at least so much of its throughput. */
const LEAST_RATIO = 0.9;
const HELP = `npm run bench:log -- [options]

  --pairs N      measurements with and without the log (10)
  --sockets N    connections that load the hub (256)
  --seconds N    measured time of each (6)
  --warm-up N    seconds of load before (4)
  --engine NAME  native (the default) or wasm
  --input MODE   what a line holds of the input: ${INPUTS.join(', ')} (plain)
  --quick        two pairs of two seconds
  --out FILE     where the JSON goes (dist/bench/log.json)
  --check        exit code 1 when the target is missed
`;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
await run().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

function readOptions() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      pairs: { type: 'string' },
      sockets: { type: 'string', default: '256' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      engine: { type: 'string', default: 'native' },
      input: { type: 'string', default: 'plain' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string', default: RESULT_FILE },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, out, check, help } = values;
  return {
    help,
    out,
    check,
    plan: {
      pairs: whole('pairs', values.pairs ?? (quick ? '2' : '10'), 2, 100),
      sockets: whole('sockets', values.sockets, 1, 10_000),
      seconds: whole('seconds', values.seconds ?? (quick ? '2' : '6'), 1, 600),
      warmUpSeconds: whole('warm-up', values['warm-up'] ?? (quick ? '3' : '4'), 1, 600),
      engine: oneOf('engine', values.engine, ['native', 'wasm'] as const),
      input: oneOf('input', values.input, INPUTS),
    },
  };
}

async function run(): Promise<void> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    throw new Error(problemOf(error));
  }
  const { help, out, check, plan } = options;
  if (help) return void process.stdout.write(HELP);
  const lack = takeLoaderCore();
  if (lack !== undefined) throw new Error(lack);
  const root = mkdtempSync(join(tmpdir(), 'tickcast-bench-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const model = await writeMlp(root);

  const off: Measurement[] = [];
  const all: Measurement[] = [];
  const one = async (isLogged: boolean): Promise<void> => {
    const { engine, input, sockets, seconds, warmUpSeconds } = plan;
    const folder = join(root, 'predictions');
    const flags = ['--prediction-log', 'all', '--prediction-log-folder', folder, '--prediction-log-input', input];
    const setting = { engine, model, flags: isLogged ? flags : [] };
    const load = { sockets, seconds, warmUpSeconds, loaders: 1, pipeline: 1 };
    (isLogged ? all : off).push(await measure({ server: 'hub', setting, ...load }));
    rmSync(folder, { recursive: true, force: true });
  };
  for (let pair = 0; pair < plan.pairs; pair++) {
    // Who is first takes turns too.
    for (const isLogged of pair % 2 === 0 ? [false, true] : [true, false]) await one(isLogged);
    console.log(pairText(off.at(-1), all.at(-1)));
  }

  const ratios = all.map(({ predictionsPerSecond }, i) => predictionsPerSecond / (off[i]?.predictionsPerSecond ?? 0));
  const lost = all.reduce((sum, { droppedRows = Number.NaN }) => sum + droppedRows, 0);
  const linesPerSecond = median(all.map(({ predictionsPerSecond }) => predictionsPerSecond));
  const figures = { ratio: median(ratios), meanRatio: interval(ratios), linesPerSecond, droppedRows: lost };
  const isMet = figures.ratio >= LEAST_RATIO && lost === 0;
  const other = Math.max(...[...off, ...all].map(({ otherLoad }) => otherLoad));
  console.log(
    `\n${isMet ? 'met' : 'MISSED'}: throughput with the log over that without: median ${figures.ratio.toFixed(3)}, mean ${figures.meanRatio} (at least ${LEAST_RATIO})`,
  );
  console.log(
    `${Math.round(linesPerSecond)} lines a second, ${lost} dropped; other processes took up to ${other.toFixed(2)} cores`,
  );
  const result = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    plan,
    isMet,
    ...figures,
    ratios,
    off,
    all,
  };
  writeFileSync(out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${out}`);
  if (check && !isMet) process.exitCode = 1;
}

function pairText(off: Measurement | undefined, all: Measurement | undefined): string {
  const rate = (one: Measurement | undefined): string => `${Math.round(one?.predictionsPerSecond ?? Number.NaN)}/s`;
  const cpu = (one: Measurement | undefined): string => `${one?.serverCpuUs.toFixed(1)} us`;
  const { loggedRows = 0, droppedRows = 0 } = all ?? {};
  return `without ${rate(off)}, ${cpu(off)} each; with ${rate(all)}, ${cpu(all)} each, ${loggedRows} lines, ${droppedRows} dropped`;
}
