/**
 * Estimates the cost of a batch: `overheadMs + rowMs * rows + byteMs * textBytes`. Starts from the warm-up runs and
 * follows live batches by least squares with exponential forgetting and non-negative terms.
 *
 * Batches of a few rows tell the cost of a batch but not of a row, and yet the wait of thousands of rows is predicted
 * from them. So the fit is regularised towards the warm-up's line, as in ridge regression, and towards that line times
 * a factor: a busy machine slows down all of its terms, not one.
 */

import type { WarmUp } from '../../contracts/model.js';

/** Each new sample reduces the weight of earlier ones by 2 %: about the last hundred batches matter. */
const FORGETTING = 0.98;
/** The warm-up's line weighs as much as this many samples, and is forgotten like them, */
const PRIOR_SAMPLES = 4;
/** except for this fraction of a sample, which keeps the fit determined. */
const LEAST_PRIOR = 0.04;
/** Caps a sample at this many times the estimate (and at least 5 ms): anything longer is a pause, not a cost. */
const OUTLIER = 4;

type Three = [number, number, number];
type Six = [number, number, number, number, number, number];
type Equations = number[][];

/** Divisors of rows and bytes, so that the three unknowns have the same magnitude. */
const ROW_SCALE = 64;
const BYTE_SCALE = 8192;

export class CostModel {
  #overheadMs: number;
  #rowMs: number;
  #byteMs: number;
  readonly #prior: readonly [number, number, number];
  /** Sums of x·xᵀ (upper triangle) and x·y over x = (1, rows, bytes). */
  readonly #xx = [0, 0, 0, 0, 0, 0];
  readonly #xy = [0, 0, 0];
  #priorWeight = PRIOR_SAMPLES;

  constructor(warmUp: WarmUp) {
    this.#overheadMs = Math.max(warmUp.overheadMs, 0.001);
    this.#rowMs = Math.max(warmUp.rowMs, 0.0001);
    this.#byteMs = Math.max(warmUp.byteMs, 0);
    this.#prior = [this.#overheadMs, this.#rowMs * ROW_SCALE, this.#byteMs * BYTE_SCALE];
  }

  /** Cost of a batch without rows, in milliseconds. */
  get overheadMs(): number {
    return this.#overheadMs;
  }

  get rowMs(): number {
    return this.#rowMs;
  }

  /** Expected time of one batch, hand-over included, in milliseconds. */
  batchMs(rows: number, textBytes: number): number {
    return this.#overheadMs + this.#rowMs * rows + this.#byteMs * textBytes;
  }

  /** Expected time of `rows` rows in batches of `batchRows`, in milliseconds. */
  backlogMs(rows: number, textBytes: number, batchRows: number): number {
    if (rows === 0) return 0;
    return this.#overheadMs * Math.ceil(rows / batchRows) + this.#rowMs * rows + this.#byteMs * textBytes;
  }

  /** Estimated rows in a batch of `ms` milliseconds, texts not counted; at least 1. The actual limit: ModelQueue.take. */
  rowsWithin(ms: number): number {
    return Math.max(1, Math.floor((ms - this.#overheadMs) / this.#rowMs));
  }

  /**
   * Time budget of a batch that holds a row with `remainingMs` to its deadline. Never cut below twice the overhead: at
   * that size half the time is spent on rows, and cutting further would cost the others more than it gains for the
   * urgent row.
   */
  budgetMs(budget: number, remainingMs: number): number {
    return Math.min(budget, Math.max(remainingMs, 2 * this.#overheadMs));
  }

  /**
   * True when the next batch starts immediately on completion, before answers are written: the waiting rows already
   * cost as much as the overhead. With fewer, the turn is finished first, so that what the sockets delivered in it
   * joins the batch.
   */
  followsAtOnce(queuedRows: number): boolean {
    return queuedRows * this.#rowMs >= this.#overheadMs;
  }

  /** Updates the estimate with a batch's measured time. */
  learn(rows: number, textBytes: number, tookMs: number): void {
    const expected = this.batchMs(rows, textBytes);
    const y = Math.min(tookMs, Math.max(OUTLIER * expected, expected + 5));
    const x: readonly [number, number, number] = [1, rows / ROW_SCALE, textBytes / BYTE_SCALE];
    let at = 0;
    for (let i = 0; i < 3; i++) {
      for (let j = i; j < 3; j++) {
        this.#xx[at] = FORGETTING * (this.#xx[at] as number) + (x[i] as number) * (x[j] as number);
        at += 1;
      }
      this.#xy[i] = FORGETTING * (this.#xy[i] as number) + (x[i] as number) * y;
    }
    this.#priorWeight = Math.max(FORGETTING * this.#priorWeight, LEAST_PRIOR);
    this.#fit();
  }

  /**
   * Ridge regression towards the prior times a factor. A negative term is set to 0, and the others are fitted without
   * it.
   */
  #fit(): void {
    const [a00, a01, a02, a11, a12, a22] = this.#xx as Six;
    const [b0, b1, b2] = this.#xy as Three;
    const [p0, p1, p2] = this.#prior;
    const factor = b0 / (p0 * a00 + p1 * a01 + p2 * a02);
    // The prior's weight on each term is relative to the magnitude of its regressor.
    const w0 = this.#priorWeight;
    const w1 = w0 * Math.max(a11 / a00, 1e-6);
    const w2 = w0 * Math.max(a22 / a00, 1e-6);
    const equations: Equations = [
      [a00 + w0, a01, a02, b0 + w0 * factor * p0],
      [a01, a11 + w1, a12, b1 + w1 * factor * p1],
      [a02, a12, a22 + w2, b2 + w2 * factor * p2],
    ];
    let solution = solve(equations);
    for (let pass = 0; pass < 2 && Math.min(...solution) < 0; pass++) {
      for (const [i, term] of solution.entries()) if (term < 0) fixAtZero(equations, i);
      solution = solve(equations);
    }
    const [overhead, row, byte] = solution;
    if (!Number.isFinite(overhead + row + byte)) return;
    this.#overheadMs = Math.max(overhead, 0.001);
    this.#rowMs = Math.max(row / ROW_SCALE, 0.0001);
    this.#byteMs = Math.max(byte / BYTE_SCALE, 0);
  }
}

function fixAtZero(equations: Equations, term: number): void {
  equations[term]?.fill(0);
  for (const [i, row] of equations.entries()) row[term] = i === term ? 1 : 0;
}

/** Gaussian elimination of three equations; the matrix is positive definite, so no pivoting is needed. */
function solve(equations: Equations): Three {
  const m = equations.map((row) => [...row]);
  for (let i = 0; i < 3; i++) {
    const pivot = m[i] as number[];
    for (let k = i + 1; k < 3; k++) {
      const row = m[k] as number[];
      const factor = (row[i] as number) / (pivot[i] as number);
      for (let j = i; j < 4; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  const z: Three = [0, 0, 0];
  for (let i = 2; i >= 0; i--) {
    const row = m[i] as number[];
    let sum = row[3] as number;
    for (let j = i + 1; j < 3; j++) sum -= (row[j] as number) * (z[j] as number);
    z[i] = sum / (row[i] as number);
  }
  return z;
}
