/** Entry of `npm run bench:text`: how many texts a second the sentiment model takes, by itself on one core and through a hub. */

import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { prepareNativeEnvironment } from '../../server/engine/backend/native-shim.js';
import { runBench } from '../harness/entry.js';
import { describeMachine, takeLoaderCore } from '../harness/machine.js';
import { oneOf, whole } from '../harness/option-values.js';
import { type AloneFigures, measureAlone } from './engine-alone.js';
import { makeTexts } from './text-stream.js';
import { clientNames, type HubFigures, measureThroughHub } from './through-hub.js';

const RESULT_FILE = fileURLToPath(new URL('../text.json', import.meta.url));
const TARGET = 120_000;
const HELP = `npm run bench:text -- [options]

  --model PATH   a text model (model/sentiment/2)
  --engine NAME  native (the default) or wasm
  --texts N      made-up texts, each new to the model (400000); a quarter of them is warm-up
  --data FILE    texts of a file instead, LABEL<TAB>TEXT, plain or .gz
  --batch N      rows of a batch (1024)
  --rounds N     rounds of the model by itself; the figure is the best (5)
  --seconds N    measured time of each kind of client (5)
  --alone        the model by itself only
  --out FILE     where the JSON goes (dist/bench/text.json)
  --check        exit code 1 below ${TARGET} texts a second of one core
`;

prepareNativeEnvironment();
await runBench(run);

async function run(): Promise<void> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      model: { type: 'string', default: 'model/sentiment/2' },
      engine: { type: 'string', default: 'native' },
      texts: { type: 'string', default: '400000' },
      data: { type: 'string' },
      batch: { type: 'string', default: '1024' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      alone: { type: 'boolean', default: false },
      out: { type: 'string', default: RESULT_FILE },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const lack = takeLoaderCore();
  if (lack !== undefined) throw new Error(lack);
  const engine = oneOf('engine', values.engine, ['native', 'wasm'] as const);
  const count = whole('texts', values.texts, 1000, 10_000_000);
  const { model, data } = values;
  const texts = data === undefined ? makeTexts(count, 1) : readTexts(data);
  const mean = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const machine = describeMachine();
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${texts.length} texts of ${Math.round(mean)} characters`,
  );

  const alone: AloneFigures[] = [];
  for (let round = 0; round < whole('rounds', values.rounds, 1, 100); round++) {
    const figures = await measureAlone(
      model,
      engine,
      texts,
      Math.floor(texts.length / 4),
      whole('batch', values.batch, 1, 4096),
    );
    alone.push(figures);
    console.log(
      `alone, ${figures.engine}: ${thousands(figures.textsPerSecond)} texts/s, ${thousands(figures.textsPerCpuSecond)} for a second of processor time`,
    );
  }
  const hub: HubFigures[] = [];
  if (!values.alone) {
    const seconds = whole('seconds', values.seconds, 1, 600);
    const plan = { model, engine, texts, connections: 8, inFlight: 64, warmUpSeconds: 3, seconds };
    for (const client of clientNames) {
      const figures = await measureThroughHub(client, plan);
      hub.push(figures);
      console.log(`through the hub, ${client}: ${thousands(figures.textsPerSecond)} texts/s`);
    }
  }
  const best = Math.max(...alone.map(({ textsPerCpuSecond }) => textsPerCpuSecond));
  const isMet = best >= TARGET;
  console.log(`target ${thousands(TARGET)} texts/s of one core: ${isMet ? 'met' : 'missed'} with ${thousands(best)}`);
  const result = {
    date: new Date().toISOString(),
    machine,
    model,
    meanCharacters: mean,
    alone,
    hub,
    target: TARGET,
    isMet,
  };
  writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
  if (values.check && !isMet) process.exitCode = 1;
}

function readTexts(path: string): string[] {
  const bytes = readFileSync(path);
  const content = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return content.split(/\r?\n/).flatMap((line) => (line === '' ? [] : [line.slice(line.indexOf('\t') + 1)]));
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}
