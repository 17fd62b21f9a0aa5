/**
 * Measures how fast a queue drains while rows wait in it: the combined rate of the engine, its other models and the
 * event loop.
 */

/** Each new batch reduces the weight of earlier ones by a tenth: about the last ten matter. */
const FORGETTING = 0.9;

export class DrainRate {
  /** Whether rows were left waiting by the last batch. While false, a batch that leaves none gives no measurement. */
  isMeasuring = false;
  #ms = 0;
  #rows = 0;
  /** When the last batch was taken. */
  #lastAt = 0;
  #lastRows = 0;

  /** Time for one row to leave, in milliseconds; undefined until measured. */
  get rowMs(): number | undefined {
    return this.#rows > 0 && this.#ms > 0 ? this.#ms / this.#rows : undefined;
  }

  /**
   * Records that a batch was taken. Only an interval between batches with rows waiting throughout measures the rate.
   */
  took(now: number, rows: number, areRowsLeft: boolean): void {
    if (this.isMeasuring) {
      this.#ms = FORGETTING * this.#ms + (now - this.#lastAt);
      this.#rows = FORGETTING * this.#rows + this.#lastRows;
    }
    this.isMeasuring = areRowsLeft;
    this.#lastAt = now;
    this.#lastRows = rows;
  }

  /** Records that nothing waits any more, although no batch was taken. */
  pause(): void {
    this.isMeasuring = false;
  }
}
