/**
 * Entry of `npm run bench:log`: the cost of the prediction log. A hub with it and one without at full load, in turn.
 */

import { join } from 'node:path';
import { integer, oneOf, quickly } from '../../command-line/option.js';
import { runBench } from '../harness/bench.js';
import { ENGINE, QUICK } from '../harness/options.js';
import { interval, median } from '../harness/statistics.js';
import { table, wholeText } from '../harness/table.js';
import { atLeast, atMost } from '../harness/target.js';
import { differences, ratios } from '../harness/turns.js';
import { writeMlp } from '../servers/mlp-files.js';
import { measurePairs, type Turn } from './log-pairs.js';

/** Minimum fraction of throughput that the hub keeps. */
const LEAST_RATIO = 0.9;

const BENCH = {
  name: 'bench:log',
  intro: 'What a line for each prediction costs: two hubs under full load in turn, one with the prediction log.',
  fails: 'with --check',
  options: {
    pairs: quickly(integer(2, 100, 20, 'Turns of each hub.'), 3),
    sockets: integer(1, 10_000, 256, 'Connections that load a hub.'),
    seconds: quickly(integer(1, 600, 3, 'Counted time of a turn.'), 2),
    warmUp: quickly(integer(1, 600, 12, 'Seconds of load before the first turn.'), 3),
    engine: ENGINE,
    input: oneOf(['plain', 'hash', 'none'], 'plain', 'What a line holds of the input.'),
    quick: QUICK,
  },
} as const;

await runBench(BENCH, async (options, { say, folder: root, engine }) => {
  const setting = { engine, model: await writeMlp(root) };
  const folder = join(root, 'predictions');
  const flags = ['--prediction-log', 'all', '--prediction-log-folder', folder, '--prediction-log-input', options.input];
  const settings = { without: setting, with: { ...setting, flags } };
  const { totals, ...rounds } = await measurePairs(settings, options, (figures, pair) =>
    say(`pair ${pair + 1}: ${turnText(figures.without)} without, ${turnText(figures.with)} with`),
  );

  const { written = 0, dropped = 0 } = totals.log ?? {};
  if (written + dropped !== totals.rows)
    throw new Error(`${written} lines and ${dropped} dropped of ${totals.rows} rows`);
  const all = (state: 'with' | 'without', figure: keyof Turn): readonly number[] =>
    rounds[state].map((turn) => turn[figure]);
  const kept = ratios(all('with', 'predictionsPerSecond'), all('without', 'predictionsPerSecond'));
  const moreCpuUs = interval(differences(all('with', 'serverCpuUs'), all('without', 'serverCpuUs')));
  const rows = [
    ['predictions/s without the log', wholeText(median(all('without', 'predictionsPerSecond')))],
    ['predictions/s with it', wholeText(median(all('with', 'predictionsPerSecond')))],
    ['with over without, mean (95 %)', interval(kept)],
    ['CPU us a prediction without', median(all('without', 'serverCpuUs')).toFixed(1)],
    ['CPU us a prediction more with, mean (95 %)', moreCpuUs],
    ['lines written', wholeText(written)],
    ['others, cores at most', Math.max(...all('with', 'otherLoad'), ...all('without', 'otherLoad')).toFixed(2)],
  ];
  return {
    tables: [table(['what', 'figure'], rows)],
    targets: [
      atLeast('throughput with the prediction log over that without', median(kept), LEAST_RATIO),
      atMost(`lines dropped of ${wholeText(totals.rows)}`, dropped, 0, wholeText),
    ],
    figures: { meanRatio: interval(kept), moreCpuUs, predictions: totals.rows, written, dropped, kept, ...rounds },
  };
});

function turnText({ predictionsPerSecond, serverCpuUs }: Turn): string {
  return `${wholeText(predictionsPerSecond)}/s at ${serverCpuUs.toFixed(1)} us`;
}
