// The Adam optimiser over plain arrays. Rows of a table that a batch does not touch cost nothing: their moments stand still.

const BETA_1 = 0.9;
const BETA_2 = 0.99;
const EPSILON = 1e-6;

export class Adam {
  private readonly first: Float32Array;
  private readonly second: Float32Array;

  constructor(private readonly values: Float32Array) {
    this.first = new Float32Array(values.length);
    this.second = new Float32Array(values.length);
  }

  /** Moves `length` values from `at` on against their gradient. `step` counts from 1. */
  update(at: number, gradient: Float32Array, gradientAt: number, length: number, rate: number, step: number): void {
    const { values, first, second } = this;
    const size = rate / (1 - BETA_1 ** step);
    const correction = 1 / (1 - BETA_2 ** step);
    for (let i = 0; i < length; i++) {
      const slope = gradient[gradientAt + i] ?? 0;
      const mean = BETA_1 * (first[at + i] ?? 0) + (1 - BETA_1) * slope;
      const square = BETA_2 * (second[at + i] ?? 0) + (1 - BETA_2) * slope * slope;
      first[at + i] = mean;
      second[at + i] = square;
      values[at + i] = (values[at + i] ?? 0) - (size * mean) / (Math.sqrt(square * correction) + EPSILON);
    }
  }
}
