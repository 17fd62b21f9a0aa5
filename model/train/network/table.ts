/**
 * Table rows trained by Adam. Rows that a batch does not use cost nothing in that step; the effect of Adam's momentum
 * on them meanwhile is a geometric series, applied when the row is next needed. So a step costs what the batch uses,
 * with the results of the dense optimiser.
 */

const BETA_1 = 0.9;
const BETA_2 = 0.99;
const EPSILON = 1e-8;
/** Decay factor of the momentum's push per step without a gradient. */
const FADE = BETA_1 / Math.sqrt(BETA_2);

export class Table {
  readonly gradient: Float32Array;
  readonly #mean: Float32Array;
  readonly #square: Float32Array;
  /** The step up to which a row is current. */
  readonly #upTo: Int32Array;
  /** Rows with a gradient. */
  readonly #touched: Int32Array;
  readonly #isTouched: Uint8Array;
  #touchedCount = 0;

  constructor(
    readonly values: Float32Array,
    readonly width: number,
  ) {
    const rows = values.length / width;
    this.gradient = new Float32Array(values.length);
    this.#mean = new Float32Array(values.length);
    this.#square = new Float32Array(values.length);
    this.#upTo = new Int32Array(rows);
    this.#touched = new Int32Array(rows);
    this.#isTouched = new Uint8Array(rows);
  }

  get rows(): number {
    return this.#upTo.length;
  }

  /** Clears all momentum: the next step is step 1. */
  restart(): void {
    this.#mean.fill(0);
    this.#square.fill(0);
    this.#upTo.fill(0);
  }

  /** Brings a row up to date before step `step`, and marks it as having a gradient in it. */
  touch(row: number, step: number, rate: number): void {
    if (this.#isTouched[row] === 1) return;
    this.#isTouched[row] = 1;
    this.#touched[this.#touchedCount++] = row;
    this.#catchUp(row, step - 1, rate);
  }

  /** Moves the touched rows against their gradients, which are then zeroed. `step` counts from 1. */
  update(step: number, rate: number): void {
    const { values, gradient, width } = this;
    const mean = this.#mean;
    const square = this.#square;
    const size = rate / (1 - BETA_1 ** step);
    const correction = 1 / (1 - BETA_2 ** step);
    for (let i = 0; i < this.#touchedCount; i++) {
      const row = this.#touched[i] ?? 0;
      this.#isTouched[row] = 0;
      this.#upTo[row] = step;
      const end = (row + 1) * width;
      for (let k = row * width; k < end; k++) {
        const slope = gradient[k] ?? 0;
        const first = BETA_1 * (mean[k] ?? 0) + (1 - BETA_1) * slope;
        const second = BETA_2 * (square[k] ?? 0) + (1 - BETA_2) * slope * slope;
        mean[k] = first;
        square[k] = second;
        values[k] = (values[k] ?? 0) - (size * first) / (Math.sqrt(second * correction) + EPSILON);
        gradient[k] = 0;
      }
    }
    this.#touchedCount = 0;
  }

  /** Brings every row up to date after the last step. */
  finish(step: number, rate: number): void {
    for (let row = 0; row < this.rows; row++) this.#catchUp(row, step, rate);
  }

  #catchUp(row: number, step: number, rate: number): void {
    const since = this.#upTo[row] ?? 0;
    this.#upTo[row] = step;
    // Step 0 is the start: there is no momentum yet.
    if (since === 0 || since >= step) return;
    const { values, width } = this;
    const mean = this.#mean;
    const square = this.#square;
    const missed = step - since;
    const size = (rate / (1 - BETA_1 ** since)) * ((FADE * (1 - FADE ** missed)) / (1 - FADE));
    const correction = 1 / (1 - BETA_2 ** since);
    const keepMean = BETA_1 ** missed;
    const keepSquare = BETA_2 ** missed;
    const end = (row + 1) * width;
    for (let k = row * width; k < end; k++) {
      const first = mean[k] ?? 0;
      const second = square[k] ?? 0;
      values[k] = (values[k] ?? 0) - (size * first) / (Math.sqrt(second * correction) + EPSILON);
      mean[k] = first * keepMean;
      square[k] = second * keepSquare;
    }
  }
}
