/**
 * Entry of `npm run bench:fair`: how a quiet caller is affected by one that always has hundreds of rows waiting, by
 * maximum rows per batch.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../command-line/option.js';
import { SteadyLoad } from '../flood/steady-load.js';
import { runBench } from '../harness/bench.js';
import { ENGINE } from '../harness/options.js';
import { table } from '../harness/table.js';
import { writeMlp } from '../servers/mlp-files.js';
import { ServerProcess } from '../servers/server-process.js';
import { GreedyLoad } from './greedy-load.js';

/** The last is practically no limit. */
const BATCH_ROWS = [1, 4, 8, 64, 1_048_576] as const;

const BENCH = {
  name: 'bench:fair',
  intro: 'What a quiet caller feels alone, and beside a greedy one, by the most rows of a batch.',
  fails: 'never',
  options: {
    seconds: integer(1, 600, 5, 'Of each state.'),
    rate: integer(1, 10_000, 50, 'Requests a second of the quiet caller.'),
    rows: integer(1, 1000, 400, 'Rows that the greedy caller has unanswered at any time.'),
    sockets: integer(1, 1000, 50, 'Connections of the greedy caller, all of one address.'),
    engine: ENGINE,
  },
} as const;

await runBench(BENCH, async ({ seconds, rate, rows, sockets }, { say, folder, engine }) => {
  const model = await writeMlp(folder);
  const results = [];
  for (const batchRows of BATCH_ROWS) {
    const server = await ServerProcess.start('hub', { engine, model, flags: ['--max-batch-rows', String(batchRows)] });
    const { port } = server;
    const quiet = new SteadyLoad({ port, sockets: 1, perSecond: rate });
    const greedy = new GreedyLoad({ port, address: '127.0.0.2', sockets, rows });
    const p99Ms = async (): Promise<number> => {
      await delay(1000);
      quiet.latencyUs.reset();
      await delay(seconds * 1000);
      return quiet.latencyUs.percentile(0.99) / 1000;
    };
    try {
      await quiet.start();
      const aloneP99Ms = await p99Ms();
      await greedy.start();
      const before = greedy.answered;
      const startedAt = performance.now();
      const besideP99Ms = await p99Ms();
      const greedyPerSecond = Math.round((1000 * (greedy.answered - before)) / (performance.now() - startedAt));
      results.push({ batchRows, aloneP99Ms, besideP99Ms, greedyPerSecond, refused: quiet.refused });
      say(
        `${named(batchRows)} rows a batch: p99 ${aloneP99Ms.toFixed(2)} ms alone, ${besideP99Ms.toFixed(2)} ms beside`,
      );
    } finally {
      quiet.stop();
      greedy.stop();
      await server.end();
    }
  }
  const cells = results.map(({ batchRows, aloneP99Ms, besideP99Ms, greedyPerSecond, refused }) => [
    named(batchRows),
    aloneP99Ms.toFixed(2),
    besideP99Ms.toFixed(2),
    String(greedyPerSecond),
    String(refused),
  ]);
  return {
    tables: [table(['rows a batch', 'p99 alone, ms', 'beside', 'rows/s of the greedy', 'refused'], cells)],
    figures: { results },
  };
});

function named(batchRows: number): string {
  return batchRows > 4096 ? 'any number of' : String(batchRows);
}
