/**
 * Entry of the process that measures one cell: the session and the bare runtime in turn, one number of rows after the
 * other. Prints its figures as one line of JSON on stdout.
 */

import { argv, stdout } from 'node:process';
import { Random } from '../../demo/text/random.js';
import { batchBytes, viewBatch } from '../../shared/batch-layout.js';
import type { TensorArray } from '../../shared/tensor.js';
import { machineCpuSeconds } from '../harness/process-cpu.js';
import { differenceOf } from './answers.js';
import type { BatchFigures, CellFigures, CellPlan } from './cells.js';
import { VOCABULARY } from './models/layers-models.js';
import type { CellReport } from './run-cell.js';
import { openSubject } from './subject.js';
import { runFor, timeInTurns } from './timing.js';

/** Times of what is measured: until the JavaScript is compiled, then a moment per number of rows. */
const [FIRST_WARM_UP, WARM_UP] = [4, 0.3] as const;
/** A batch that takes longer, in microseconds, is left out, and so are larger ones. */
const MOST_BATCH_US = 2_000_000;
/** Rows whose answers are compared. */
const COMPARED_ROWS = 8;
const SEED = 5;

// The bench created the argument from a value of this type.
const plan = JSON.parse(argv[2] ?? '') as CellPlan;
const report = await measure();
stdout.write(`${JSON.stringify(report)}\n`);

async function measure(): Promise<CellReport> {
  const { model, engine, root, sizes, ms } = plan;
  const subject = await openSubject(plan, root);
  if (!subject.ok) return subject;
  const { session, specs, bare } = subject;
  const batchOf = (rows: number) => {
    const views = viewBatch(specs, rows, new ArrayBuffer(batchBytes(specs, rows, 0)));
    const [values, output] = [views.inputs[0] as TensorArray, views.outputs[0] as TensorArray];
    fill(values);
    return { output, runs: { session: () => session.run(views, rows), bare: bare.at(rows, values.slice()) } };
  };
  const { output, runs } = batchOf(COMPARED_ROWS);
  await runs.session();
  const difference = differenceOf([...output], await runs.bare());
  if (difference !== undefined) throw new Error(`the session answers otherwise than the bare runtime: ${difference}`);

  const [startedAt, cpu, machine] = [performance.now(), process.cpuUsage(), machineCpuSeconds()];
  const batches: BatchFigures[] = [];
  for (const rows of sizes) {
    const before = batches.at(-1);
    if (before !== undefined && (before.sessionUs * rows) / before.rows > MOST_BATCH_US) break;
    const { runs } = batchOf(rows);
    const once = await runFor(runs.session, 0);
    if (once.us > MOST_BATCH_US) break;
    const warmUpMs = ms * (before === undefined ? FIRST_WARM_UP : WARM_UP);
    const { us } = await runFor(runs.session, warmUpMs);
    await runFor(runs.bare, warmUpMs);
    const timed = await timeInTurns(runs, ms, us);
    batches.push({ rows, sessionUs: timed.session.us, sessionCpuUs: timed.session.cpuUs, bareUs: timed.bare.us });
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const otherLoad = Math.max(0, machineCpuSeconds() - machine - (user + system) / 1e6) / seconds;
  const figures: CellFigures = { model, engine, why: specs.why, batches, answers: [...output], otherLoad };
  return { ok: true, figures };
}

/** The same first rows for each number of rows: numbers in [-1, 1], or tokens. */
function fill(values: TensorArray): void {
  const random = new Random(SEED);
  const isFloat = values instanceof Float32Array;
  for (let i = 0; i < values.length; i++)
    values[i] = isFloat ? random.between(-1, 1) : Math.floor(random.next() * VOCABULARY);
}
