/**
 * Entry of `npm run bench:engines`, which is `npm run bench -- engines` too: models on each engine, at the seam where
 * the hub's threads run them, beside the bare runtime. What is measured, and how, is in the modules it calls.
 */

import { runBench } from '../harness/bench.js';
import { disagreement } from './answers.js';
import { type CellFigures, cellsOf, cellText } from './cells.js';
import { writeModels } from './models/write-models.js';
import { type EnginesOptions, OPTIONS } from './options.js';
import { progressLine, tablesOf } from './report.js';
import { runCell } from './run-cell.js';
import { summarise } from './summary.js';

const BENCH = {
  name: 'bench:engines',
  intro: 'What a batch costs on each engine, as the hub runs it, beside the runtime called directly.',
  fails: 'with --check',
  options: OPTIONS,
} as const;

await runBench(BENCH, async (options, { say, folder }) => {
  await writeModels(folder);
  const { rounds, missing } = await measureAll(options, folder, say);
  const wrong = disagreement(rounds);
  if (wrong !== undefined) throw new Error(wrong);
  const { lines, targets, doubts } = summarise(rounds);
  // What an engine answers has been compared, and is the same in each round.
  const cells = rounds.map(({ answers: _, ...cell }) => cell);
  return { tables: tablesOf(lines), targets, doubts: [...missing, ...doubts], figures: { lines, cells } };
});

/** Engines take turns within a round, so that a slow minute of the machine affects them all. */
async function measureAll(
  { model, engine, rows, ms, rounds: count }: EnginesOptions,
  root: string,
  say: (line: string) => void,
): Promise<{ readonly rounds: readonly CellFigures[]; readonly missing: readonly string[] }> {
  const sizes = [...rows].sort((a, b) => a - b);
  const rounds: CellFigures[] = [];
  const missing = new Map<string, string>();
  for (let round = 1; round <= count; round++) {
    for (const cell of cellsOf(model, engine)) {
      if (missing.has(cell.engine)) continue;
      const report = await runCell({ ...cell, root, sizes, ms });
      if (!report.ok && process.env.CI !== undefined) throw new Error(`${cellText(cell)}: ${report.reason}`);
      if (report.ok) rounds.push(report.figures);
      else missing.set(cell.engine, report.reason);
      const told = report.ok ? progressLine(report.figures) : `${cellText(cell)}: ${report.reason}`;
      say(`round ${round}/${count}  ${told}`);
    }
  }
  return { rounds, missing: [...missing].map(([name, reason]) => `${name} is not measured: ${reason}`) };
}
