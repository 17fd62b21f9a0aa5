/** Samples one row in N: evenly spread, and out of step with periodic feeds. */

/** 2^32 divided by the golden ratio: its multiples are spread as evenly as possible. */
const STEP = 0x9e3779b9;
const RANGE = 2 ** 32;

export class Sampler {
  readonly #below: number;
  #place = 0;

  constructor(oneIn: number) {
    this.#below = RANGE / oneIn;
  }

  /** Whether the next row is sampled. */
  takes(): boolean {
    this.#place = (this.#place + STEP) % RANGE;
    return this.#place < this.#below;
  }
}
