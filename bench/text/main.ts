/** Entry of `npm run bench:text`: texts per second of the sentiment model, alone on one core and through a hub. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { bare, integer, optional, text } from '../../command-line/option.js';
import { prepareNativeEnvironment } from '../../server/engine/backend/native-shim.js';
import { runBench } from '../harness/bench.js';
import { ENGINE } from '../harness/options.js';
import type { Report } from '../harness/report.js';
import { table, wholeText } from '../harness/table.js';
import { atLeast } from '../harness/target.js';
import { type AloneFigures, measureAlone } from './engine-alone.js';
import { makeTexts } from './text-stream.js';
import { clientNames, type HubFigures, measureThroughHub } from './through-hub.js';
import { measureTokenizer, type TokenizerFigures } from './tokenizer-alone.js';

/** Texts per second of processor time. */
const TARGET = 120_000;
/** Of a text that a tokenizer is measured with. */
const MOST_TOKENS = 128;

const BENCH = {
  name: 'bench:text',
  intro: 'How many texts a second the sentiment model takes, by itself on one core and through a hub.',
  fails: 'with --check',
  options: {
    model: text('PATH', 'model/sentiment/2', 'A text model.'),
    engine: ENGINE,
    texts: integer(1000, 10_000_000, 400_000, 'Made-up texts, each new to the model; a quarter of them is warm-up.'),
    data: optional(text('FILE', '', 'Texts of a file instead, LABEL<TAB>TEXT, plain or .gz.')),
    batch: integer(1, 4096, 1024, 'Rows of a batch.'),
    rounds: integer(1, 100, 5, 'Rounds of the model by itself; the figure is the best.'),
    seconds: integer(1, 600, 5, 'Measured time of each kind of client.'),
    alone: bare('The model by itself only.'),
    tokenizer: optional(text('FILE', '', 'A tokenizer.json by itself in place of a model, cut to 128 tokens.')),
  },
} as const;

prepareNativeEnvironment();
await runBench(BENCH, async (options, { say, engine }) => {
  const { model, data, batch, rounds, seconds } = options;
  const texts = data === undefined ? makeTexts(options.texts, 1) : readTexts(data);
  const meanCharacters = texts.reduce((sum, one) => sum + one.length, 0) / texts.length;
  say(`${texts.length} texts of ${Math.round(meanCharacters)} characters`);
  if (options.tokenizer !== undefined) return tokenizerReport(options.tokenizer, texts, rounds);
  const alone: AloneFigures[] = [];
  for (let round = 1; round <= rounds; round++) {
    const figures = await measureAlone(model, engine, texts, Math.floor(texts.length / 4), batch);
    alone.push(figures);
    const { textsPerSecond, textsPerCpuSecond } = figures;
    say(`alone: ${wholeText(textsPerSecond)} texts/s, ${wholeText(textsPerCpuSecond)} for a second of processor time`);
  }
  const hub: HubFigures[] = [];
  const plan = { model, engine, texts, connections: 8, inFlight: 64, warmUpSeconds: 3, seconds };
  for (const client of options.alone ? [] : clientNames) {
    const figures = await measureThroughHub(client, plan);
    hub.push(figures);
    say(`through the hub, ${client}: ${wholeText(figures.textsPerSecond)} texts/s`);
  }
  const best = Math.max(...alone.map(({ textsPerCpuSecond }) => textsPerCpuSecond));
  const fastest = Math.max(...alone.map(({ textsPerSecond }) => textsPerSecond));
  const rows = [
    ['alone, by the clock, the best round', wholeText(fastest)],
    ...hub.map(({ client, textsPerSecond }) => [`through the hub, ${client}`, wholeText(textsPerSecond)]),
  ];
  return {
    tables: [table(['what', 'texts/s'], rows)],
    targets: [atLeast('texts for a second of processor time', best, TARGET, wholeText)],
    figures: { meanCharacters, alone, hub },
  };
});

async function tokenizerReport(path: string, texts: readonly string[], rounds: number): Promise<Report> {
  const figures: TokenizerFigures[] = [];
  for (let round = 0; round < rounds; round++)
    figures.push(await measureTokenizer(path, texts, Math.floor(texts.length / 4), MOST_TOKENS));
  const [best = figures[0]] = [...figures].sort((a, b) => a.textUs - b.textUs);
  if (best === undefined) throw new Error('there was no round');
  const { file, kind, openMs, textUs, tokensPerText } = best;
  const row = [file, kind, openMs.toFixed(0), textUs.toFixed(1), tokensPerText.toFixed(1)];
  return {
    tables: [table(['file', 'kind', 'opened in ms', 'us a text', 'tokens a text'], [row])],
    targets: [],
    figures: { tokenizer: figures },
  };
}

function readTexts(path: string): string[] {
  const bytes = readFileSync(path);
  const content = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return content.split(/\r?\n/).flatMap((line) => (line === '' ? [] : [line.slice(line.indexOf('\t') + 1)]));
}
