/** How quickly a queue drains while rows wait in it: what the engine, its other models and the event loop let through together. */

/** A batch counts so much less with each one after it: about the last ten matter. */
const FORGETTING = 0.9;

export class DrainRate {
  /** Rows were left waiting when a batch was taken last. While it is false, a batch that leaves none says nothing. */
  isMeasuring = false;
  #ms = 0;
  #rows = 0;
  /** Of the batch taken last. */
  #lastAt = 0;
  #lastRows = 0;

  /** Time in which one row leaves, in milliseconds; undefined while none was measured. */
  get rowMs(): number | undefined {
    return this.#rows > 0 && this.#ms > 0 ? this.#ms / this.#rows : undefined;
  }

  /** Notes that a batch was taken. Only the time from one batch to the next with rows waiting throughout says how quick that is. */
  took(now: number, rows: number, areRowsLeft: boolean): void {
    if (this.isMeasuring) {
      this.#ms = FORGETTING * this.#ms + (now - this.#lastAt);
      this.#rows = FORGETTING * this.#rows + this.#lastRows;
    }
    this.isMeasuring = areRowsLeft;
    this.#lastAt = now;
    this.#lastRows = rows;
  }

  /** Notes that nothing waits any more, although no batch was taken. */
  pause(): void {
    this.isMeasuring = false;
  }
}
