/** A GRU with `reset_after`, evaluated number by number: the reference for the layer. */

import { seededNumbers, type Weight } from './tiny-models.js';

export interface GruWeights {
  /** `[inputs, 3 * units]`: update gate, reset gate, new state. */
  readonly kernel: readonly number[];
  readonly recurrent: readonly number[];
  /** `[2, 3 * units]`: of the input, then of the state. */
  readonly bias: readonly number[];
}

export function gruWeights(inputs: number, units: number, seed: number): GruWeights {
  return {
    kernel: seededNumbers(inputs * 3 * units, seed),
    recurrent: seededNumbers(units * 3 * units, seed + 1),
    bias: seededNumbers(2 * 3 * units, seed + 2),
  };
}

/** The weights under these names, `way` being what stands before them. */
export function namedGruWeights(way: string, weights: GruWeights, inputs: number, units: number): readonly Weight[] {
  return [
    { name: `${way}/kernel`, shape: [inputs, 3 * units], values: weights.kernel },
    { name: `${way}/recurrent_kernel`, shape: [units, 3 * units], values: weights.recurrent },
    { name: `${way}/bias`, shape: [2, 3 * units], values: weights.bias },
  ];
}

/** The last state. @param steps `[steps][inputs]` */
export function gru(weights: GruWeights, units: number, steps: readonly (readonly number[])[]): readonly number[] {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const { kernel, recurrent, bias } = weights;
  let state: readonly number[] = Array(units).fill(0);
  for (const step of steps) {
    const product = (vector: readonly number[], matrix: readonly number[], column: number): number =>
      vector.reduce((sum, value, row) => sum + value * (matrix[row * 3 * units + column] ?? 0), 0);
    const fromInput = (column: number): number => product(step, kernel, column) + (bias[column] ?? 0);
    const fromState = (column: number): number => product(state, recurrent, column) + (bias[3 * units + column] ?? 0);
    state = state.map((before, unit) => {
      const update = sigmoid(fromInput(unit) + fromState(unit));
      const reset = sigmoid(fromInput(units + unit) + fromState(units + unit));
      const next = Math.tanh(fromInput(2 * units + unit) + reset * fromState(2 * units + unit));
      return update * before + (1 - update) * next;
    });
  }
  return state;
}
