/** Chooses one row in so many: spread evenly over the rows, and in step with no feed that repeats itself. */

/** 2^32 over the golden ratio: its multiples fall between one another as evenly as can be. */
const STEP = 0x9e3779b9;
const RANGE = 2 ** 32;

export class Sampler {
  readonly #below: number;
  #place = 0;

  constructor(oneIn: number) {
    this.#below = RANGE / oneIn;
  }

  /** Whether the next row is taken. */
  takes(): boolean {
    this.#place = (this.#place + STEP) % RANGE;
    return this.#place < this.#below;
  }
}
