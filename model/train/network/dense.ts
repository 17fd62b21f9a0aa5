/** A dense layer's weights, and the softmax at the end of a head. */

import type { Random } from './random.js';
import { Table } from './table.js';

export interface Dense {
  /** One row of `inputs * outputs`. */
  readonly kernel: Table;
  readonly bias: Table;
  readonly inputs: number;
  readonly outputs: number;
}

/** @param gain variance that a unit's input keeps: 2 before relu, 1 before softmax */
export function createDense(inputs: number, outputs: number, gain: number, random: Random): Dense {
  return {
    kernel: new Table(random.normals(inputs * outputs, Math.sqrt(gain / inputs)), inputs * outputs),
    bias: new Table(new Float32Array(outputs), outputs),
    inputs,
    outputs,
  };
}

/** Writes a head's probabilities for the hidden units `h[from ..)` to `to[at ..)`. */
export function softmax(
  { kernel, bias, inputs, outputs }: Dense,
  h: Float32Array,
  from: number,
  to: Float32Array,
  at: number,
) {
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < outputs; c++) {
    let logit = bias.values[c] ?? 0;
    for (let k = 0; k < inputs; k++) logit += (h[from + k] ?? 0) * (kernel.values[k * outputs + c] ?? 0);
    to[at + c] = logit;
    largest = Math.max(largest, logit);
  }
  let sum = 0;
  for (let c = 0; c < outputs; c++) {
    const power = Math.exp((to[at + c] ?? 0) - largest);
    to[at + c] = power;
    sum += power;
  }
  for (let c = 0; c < outputs; c++) to[at + c] = (to[at + c] ?? 0) / sum;
}
