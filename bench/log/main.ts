/** Entry of `npm run bench:log`: what the prediction log costs. A hub with it and one without at full load, in turn; table, JSON, exit code. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBench, temporaryFolder } from '../harness/entry.js';
import { describeMachine, takeLoaderCore } from '../harness/machine.js';
import { oneOf, problemOf, whole } from '../harness/option-values.js';
import { median } from '../harness/statistics.js';
import { table, wholeText } from '../harness/table.js';
import { writeMlp } from '../servers/mlp-files.js';
import { interval } from '../streams/targets.js';
import { measurePairs, type Turn } from './log-pairs.js';

const RESULT_FILE = fileURLToPath(new URL('./log.json', import.meta.url));
const INPUTS = ['plain', 'hash', 'none'] as const;
/** The hub keeps at least so much of its throughput. */
const LEAST_RATIO = 0.9;
const HELP = `npm run bench:log -- [options]

  --pairs N      turns of each hub (20)
  --sockets N    connections that load a hub (256)
  --seconds N    counted time of a turn (3)
  --warm-up N    seconds of load before the first turn (12)
  --engine NAME  native (the default) or wasm
  --input MODE   what a line holds of the input: ${INPUTS.join(', ')} (plain)
  --quick        three turns of two seconds
  --out FILE     where the JSON goes (dist/bench/log.json)
  --check        exit code 1 when the target is missed
`;

await runBench(run);

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
      pairs: whole('pairs', values.pairs ?? (quick ? '3' : '20'), 2, 100),
      sockets: whole('sockets', values.sockets, 1, 10_000),
      seconds: whole('seconds', values.seconds ?? (quick ? '2' : '3'), 1, 600),
      warmUpSeconds: whole('warm-up', values['warm-up'] ?? (quick ? '3' : '12'), 1, 600),
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
  const root = temporaryFolder();
  const setting = { engine: plan.engine, model: await writeMlp(root) };
  const folder = join(root, 'predictions');
  const flags = ['--prediction-log', 'all', '--prediction-log-folder', folder, '--prediction-log-input', plan.input];

  const settings = { without: setting, with: { ...setting, flags } };
  const {
    without,
    with: withLog,
    totals,
  } = await measurePairs(settings, plan, (pair, off, on) =>
    console.log(`pair ${pair + 1}: ${turnText(off)} without, ${turnText(on)} with`),
  );

  const ratios = withLog.map((turn, i) => turn.predictionsPerSecond / (without[i]?.predictionsPerSecond ?? 0));
  const cpuDifferencesUs = withLog.map((turn, i) => turn.cpuUs - (without[i]?.cpuUs ?? Number.NaN));
  const { written = 0, dropped = 0 } = totals.log ?? {};
  if (written + dropped !== totals.rows)
    throw new Error(`${written} lines and ${dropped} dropped of ${totals.rows} rows`);
  const ratio = median(ratios);
  const isMet = ratio >= LEAST_RATIO && dropped === 0;
  const of = (turns: readonly Turn[], figure: keyof Turn): number => median(turns.map((turn) => turn[figure]));
  const rows = [
    ['predictions/s without the log', wholeText(of(without, 'predictionsPerSecond')), ''],
    ['predictions/s with it', wholeText(of(withLog, 'predictionsPerSecond')), ''],
    ['with over without, median', ratio.toFixed(3), `at least ${LEAST_RATIO}`],
    ['with over without, mean (95 %)', interval(ratios), ''],
    ['CPU us a prediction without', of(without, 'cpuUs').toFixed(1), ''],
    ['CPU us a prediction more with, mean (95 %)', interval(cpuDifferencesUs), ''],
    ['lines written', wholeText(written), `${wholeText(totals.rows)} predictions`],
    ['lines dropped', wholeText(dropped), 'none'],
    ['others, cores at most', Math.max(...[...without, ...withLog].map(({ otherLoad }) => otherLoad)).toFixed(2), ''],
  ];
  console.log(`\n${table(['what', 'figure', 'limit'], rows)}\n\n${isMet ? 'met' : 'MISSED'}`);
  const target = {
    name: 'throughput with the prediction log over that without',
    value: ratio,
    limit: LEAST_RATIO,
    isMet,
  };
  const result = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    plan,
    target,
    meanRatio: interval(ratios),
    moreCpuUs: interval(cpuDifferencesUs),
    predictions: totals.rows,
    written,
    dropped,
    ratios,
    without,
    with: withLog,
  };
  writeFileSync(out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${out}`);
  if (check && !isMet) process.exitCode = 1;
}

function turnText({ predictionsPerSecond, cpuUs }: Turn): string {
  return `${wholeText(predictionsPerSecond)}/s at ${cpuUs.toFixed(1)} us`;
}
