/**
 * What a batch costs: `overheadMs + rowMs * rows + byteMs * textBytes`. Starts from the warm-up runs and follows live batches by
 * least squares with exponential forgetting and non-negative terms.
 *
 * Batches of a few rows say what a batch costs, but not what a row does, and yet the wait of thousands of rows is told from them. So
 * the fit leans on the warm-up's line, as a ridge regression does, and on that line times a factor: a machine that is busy makes all
 * of its terms slower, not one.
 */

import type { WarmUp } from '../../contracts/model.js';

/** A sample counts 2 % less with each one after it: about the last hundred batches matter. */
const FORGETTING = 0.98;
/** The warm-up's line weighs as much as this many samples, and is forgotten like them; */
const PRIOR_SAMPLES = 4;
/** but so much of a sample is left for ever: it keeps the fit determined. */
const LEAST_PRIOR = 0.04;
/** A batch that took longer than this many times the estimate (and 5 ms) is counted as that: a pause, not a cost. */
const OUTLIER = 4;

type Three = [number, number, number];
type Six = [number, number, number, number, number, number];
type Equations = number[][];

/** Rows and bytes are divided by these, so that the three unknowns are of one size. */
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

  /** Cost of a batch that has no rows. */
  get overheadMs(): number {
    return this.#overheadMs;
  }

  get rowMs(): number {
    return this.#rowMs;
  }

  /** Expected time of one batch, hand-over included. */
  batchMs(rows: number, textBytes: number): number {
    return this.#overheadMs + this.#rowMs * rows + this.#byteMs * textBytes;
  }

  /** Expected time of `rows` rows that leave in batches of `batchRows`. */
  backlogMs(rows: number, textBytes: number, batchRows: number): number {
    if (rows === 0) return 0;
    return this.#overheadMs * Math.ceil(rows / batchRows) + this.#rowMs * rows + this.#byteMs * textBytes;
  }

  /** About how many rows a batch of `ms` holds, texts not counted; at least 1. What a batch really takes is counted row by row: ModelQueue.take. */
  rowsWithin(ms: number): number {
    return Math.max(1, Math.floor((ms - this.#overheadMs) / this.#rowMs));
  }

  /**
   * Time budget of a batch that holds a row with `remainingMs` to its deadline. It is not cut below twice the overhead: at that
   * size half the time is spent on rows, and cutting further would cost the others more than it gives the urgent one.
   */
  budgetMs(budget: number, remainingMs: number): number {
    return Math.min(budget, Math.max(remainingMs, 2 * this.#overheadMs));
  }

  /**
   * True when a completed batch is followed at once, before its answers are written: the rows that wait already cost as much as
   * the overhead. With fewer the turn is finished first, so that what the sockets delivered in it rides along.
   */
  followsAtOnce(queuedRows: number): boolean {
    return queuedRows * this.#rowMs >= this.#overheadMs;
  }

  /** Takes a batch's measured time into the estimate. */
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

  /** Ridge regression towards the prior times a factor. A term that would be negative is 0, and the others fit without it. */
  #fit(): void {
    const [a00, a01, a02, a11, a12, a22] = this.#xx as Six;
    const [b0, b1, b2] = this.#xy as Three;
    const [p0, p1, p2] = this.#prior;
    const factor = b0 / (p0 * a00 + p1 * a01 + p2 * a02);
    // The prior's weight on each term is relative to the size of its regressor.
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

/** Gaussian elimination of three equations; the matrix is positive definite, so no pivot is sought. */
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
