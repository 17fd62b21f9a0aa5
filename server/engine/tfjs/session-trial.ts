/**
 * Runs a session on made-up rows: what it answers, and how long it takes. Two sessions of one model are compared by
 * that. Knows the batch's layout; knows no TensorFlow.
 */

import { batchBytes, specsAt, viewBatch } from '../../../shared/batch-layout.js';
import { isOpen } from '../../../shared/tensor.js';
import { wholeMessage } from '../../../shared/words/message-of.js';
import type { ModelSession, SessionDescription } from '../../contracts/runtime.js';

export interface SessionTrial {
  /** Of the first output, {@link ROWS} rows. */
  readonly values: ArrayLike<number>;
  readonly specs: SessionDescription;
  /** The quickest run of one row, and of 32, in milliseconds. */
  readonly rowMs: number;
  readonly manyMs: number;
  /** False for a model so slow that it is run no more than it must be. */
  readonly isQuick: boolean;
  readonly problem: string | undefined;
}

const ROWS = 3;
/** Of a model that leaves sizes open, by dimension: more than some models need at least. */
const SIZES = [128, 128, 16, 4, 4];
const MANY = 32;
/** Runs of each, as many as fit this time in milliseconds. */
const MOST_RUNS = 20;
const MOST_MS = 60;
/** A row that takes longer, in milliseconds, is not worth a second engine's trial. */
const SLOW_MS = 100;
/** Largest difference of two engines' answers, relative to the largest element. */
const TOLERANCE = 1e-3;
/** Another engine must be this many times as quick, so that the choice is the same at each start. */
const CLEARLY = 1.5;
const TEXT = 'not bad at all, and the second one is better';

export async function trySession(session: ModelSession): Promise<SessionTrial> {
  const described = session.describe();
  const sizes = isOpen(described.inputs) ? SIZES : undefined;
  const specs = sizes === undefined ? described : { ...described, ...specsAt(described, sizes) };
  const run = async (rows: number) => {
    const { views, ms } = await runOnce(session, specs, rows, sizes);
    return { values: views.outputs[0] ?? new Float32Array(), ms };
  };
  const trial = { specs, values: new Float32Array() as ArrayLike<number>, rowMs: 0, manyMs: 0, isQuick: false };
  try {
    await run(1);
    const rowMs = await quickest(() => run(1));
    if (rowMs > SLOW_MS) return { ...trial, rowMs, problem: undefined };
    const { values } = await run(ROWS);
    // A reading of the values that outlives their buffer.
    const kept = Array.from(values as ArrayLike<number>);
    return {
      ...trial,
      values: kept,
      rowMs,
      manyMs: await quickest(() => run(MANY)),
      isQuick: true,
      problem: undefined,
    };
  } catch (cause) {
    return { ...trial, problem: wholeMessage(cause) };
  }
}

/** How two engines' answers differ; undefined when they agree. */
export function compareSessions(one: SessionTrial, two: SessionTrial): string | undefined {
  const [length, other] = [one.values.length, two.values.length];
  if (length !== other) return `${length} elements instead of ${other}`;
  let largest = 1;
  for (let i = 0; i < length; i++) {
    const size = Math.max(Math.abs(one.values[i] ?? 0), Math.abs(two.values[i] ?? 0));
    if (Number.isFinite(size) && size > largest) largest = size;
  }
  for (let i = 0; i < length; i++) {
    const [a, b] = [one.values[i] ?? 0, two.values[i] ?? 0];
    if (!Object.is(a, b) && a !== b && !(Math.abs(a - b) <= TOLERANCE * largest)) return `${b} where it has ${a}`;
  }
  return undefined;
}

/** Whether the first is clearly quicker, by both batch sizes together. */
export function isQuicker(one: SessionTrial, two: SessionTrial): boolean {
  return CLEARLY ** 2 * one.rowMs * one.manyMs < two.rowMs * two.manyMs;
}

async function quickest(run: () => Promise<{ readonly ms: number }>): Promise<number> {
  let [least, all] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < MOST_RUNS && all < MOST_MS; i++) {
    const { ms } = await run();
    [least, all] = [Math.min(least, ms), all + ms];
  }
  return least;
}

/** Values between 0 and 1, and ids 0 and 1, of which any table has two; the same at each start. */
async function runOnce(
  session: ModelSession,
  specs: SessionDescription,
  rows: number,
  sizes: readonly number[] | undefined,
) {
  const text = Buffer.from(TEXT);
  const views = viewBatch(specs, rows, new ArrayBuffer(batchBytes(specs, rows, rows * text.length)));
  for (const [index, { dtype }] of specs.inputs.entries()) {
    const target = views.inputs[index] ?? new Float32Array();
    for (let i = 0; i < target.length; i++) {
      const value = ((i * 0x9e3779b1) >>> 0) / 2 ** 32;
      target[i] = dtype === 'float32' ? value : Math.round(value);
    }
  }
  views.text?.lengths.fill(text.length);
  for (let row = 0; row < rows; row++) views.text?.bytes.set(text, row * text.length);
  const startedAt = performance.now();
  await session.run(views, rows, sizes);
  return { views, ms: performance.now() - startedAt };
}
