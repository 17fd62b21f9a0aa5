/**
 * Tests whether a model's answer to a row depends on the other rows of its batch: different rows, together and alone,
 * in several sizes and positions. If it does, callers would get each other's numbers, and the model must run one row at
 * a time.
 */

import { batchBytes } from '../../shared/batch-layout.js';
import { elementCount, type TensorSpec } from '../../shared/tensor.js';
import { MADE_UP_ROWS } from './made-up-rows.js';
import type { Trial, TrialRun } from './trial.js';

/** `unknown`: the test was not possible. */
export type RowDependence = 'independent' | 'alone' | 'unknown';

export interface Independence {
  readonly rows: RowDependence;
  /** What was observed, for people; undefined when rows are clearly independent. */
  readonly why: string | undefined;
}

/** Batch sizes, the most informative first: kernels and models change behaviour at powers of two. */
const SIZES = [2, 3, 32, 16, 8, 17, 33, 64, 15, 31, 5, 9, 4, 7] as const;
/** No batch but the first is started if it would end after this, in milliseconds. */
const ENOUGH_MS = 2500;
/** Memory limit for the largest batch and for all rows that ran alone, in bytes. */
const ENOUGH_BYTES = 1 << 26;
/** Smaller sizes say little about models and kernels that handle large batches differently. */
const TELLING_ROWS = 16;
/** Tolerance for float32 sums in another order: this fraction of the largest element of the row's output, */
const OF_OUTPUT = 1e-3;
/** and this fraction of the row's own magnitude, where large terms cancel. */
const OF_INPUT = 1e-6;

export async function tryIndependence(trial: Trial): Promise<Independence> {
  const { clock } = trial;
  const alone = new Map<number, TrialRun>();
  const until = clock.now() + ENOUGH_MS;
  let rowMs = 0;
  const runAlone = async (row: number): Promise<TrialRun | undefined> => {
    const known = alone.get(row);
    if (known !== undefined) return known;
    const outcome = await trial.run([row]);
    if (!outcome.ok) return undefined;
    alone.set(row, outcome.run);
    rowMs = rowMs === 0 ? outcome.run.ms : Math.min(rowMs, outcome.run.ms);
    return outcome.run;
  };

  const first = await runAlone(0);
  const again = await trial.run([0]);
  if (first === undefined || !again.ok) return unknown('it fails on made-up rows');
  const changed = difference(trial, first, 0, again.run, 0);
  if (changed !== undefined) {
    const why = `it answers the same row differently each time (${changed}), as a model does that draws random numbers or keeps a state`;
    return { rows: 'alone', why };
  }
  const rowBytes = batchBytes(trial.model, 1, 0);
  const kinds = Math.max(4, Math.min(MADE_UP_ROWS, Math.floor(ENOUGH_BYTES / rowBytes)));
  let [compared, places, most] = [0, 0, 0];
  for (const [turn, size] of SIZES.entries()) {
    // The first always runs, however long it takes.
    if (turn > 0 && (clock.now() + rowMs * size > until || size * rowBytes > ENOUGH_BYTES)) continue;
    most = Math.max(most, size);
    const rows = Array.from({ length: size }, (_, i) => (5 * turn + i) % kinds);
    const together = await trial.run(rows);
    for (const place of placesOf(size)) {
      const row = rows[place] ?? 0;
      if (!alone.has(row) && places > 1 && clock.now() + rowMs > until) continue;
      const single = await runAlone(row);
      if (single === undefined) return unknown('it fails on made-up rows');
      if (!together.ok) continue;
      places += 1;
      compared += comparable(single) ? 1 : 0;
      const seen = difference(trial, single, 0, together.run, place);
      if (seen !== undefined) {
        return {
          rows: 'alone',
          why: `its answer to a row depends on the other rows of its batch (of ${size}: ${seen})`,
        };
      }
    }
    if (!together.ok)
      return { rows: 'alone', why: `it takes rows alone that it fails on in a batch of ${size}: ${together.reason}` };
  }
  if (compared < 2) return unknown('it answers NaN or Infinity to made-up rows');
  const few = `it was tried with batches of ${most} rows at most, since a row takes ${Math.ceil(rowMs)} ms and ${rowBytes} bytes`;
  return { rows: 'independent', why: most < TELLING_ROWS ? few : undefined };
}

function unknown(why: string): Independence {
  return { rows: 'unknown', why };
}

/** First, last and middle first: models that mix rows differ most at the ends. */
function placesOf(size: number): readonly number[] {
  return [...new Set([0, size - 1, size >> 1, ...Array.from({ length: size }, (_, i) => i)])];
}

function comparable({ outputs }: TrialRun): boolean {
  return outputs.some((values) => values.some((value: number) => Number.isFinite(value)));
}

/** How a row's outputs differ between two runs; undefined when equal but for rounding. */
function difference(
  trial: Trial,
  one: TrialRun,
  onePlace: number,
  other: TrialRun,
  otherPlace: number,
): string | undefined {
  const size = trial.rows.sizeOf(one.rows[onePlace] ?? 0);
  for (const [index, spec] of trial.model.outputs.entries()) {
    const found = unequal(spec, slice(one, index, spec, onePlace), slice(other, index, spec, otherPlace), size);
    if (found !== undefined) return `output "${spec.name}" is ${found[1]}, and ${found[0]} alone`;
  }
  return undefined;
}

function slice(run: TrialRun, index: number, { shape }: TensorSpec, place: number): ArrayLike<number> {
  const size = elementCount(shape);
  return run.outputs[index]?.subarray(place * size, (place + 1) * size) ?? [];
}

/** The first pair that differs by more than rounding. NaN equals NaN; integers must be equal. */
function unequal(
  { dtype }: TensorSpec,
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  inputSize: number,
): readonly [number, number] | undefined {
  let largest = 0;
  for (const values of [one, other])
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i] as number);
      if (Number.isFinite(size) && size > largest) largest = size;
    }
  const tolerance = dtype === 'float32' ? OF_OUTPUT * largest + OF_INPUT * inputSize : 0;
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i] as number, other[i] as number];
    if (Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance) continue;
    return [a, b];
  }
  return undefined;
}
