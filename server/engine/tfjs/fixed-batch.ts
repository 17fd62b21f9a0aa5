/** A batch as runs of a model that takes one number of rows only. Knows arrays; knows no tensors. */

import type { TensorArray } from '../../../shared/tensor.js';

/** One input of a batch: `[rows, d1, ..., dn]` row-major, or a text for each row. */
export type Column = TensorArray | readonly Uint8Array[];

/** One run. The rows of `targets` are the first of those that the model answers. */
export interface FixedRun {
  readonly inputs: readonly Column[];
  readonly targets: readonly TensorArray[];
}

/** The batch in runs of exactly `size` rows; what the last one lacks repeats its last row. */
export function* fixedRuns(
  size: number,
  rows: number,
  inputs: readonly Column[],
  targets: readonly TensorArray[],
): Generator<FixedRun> {
  for (let from = 0; from < rows; from += size) {
    const to = Math.min(from + size, rows);
    yield {
      inputs: inputs.map((column) => part(column, column.length / rows, from, to, size)),
      targets: targets.map((target) => {
        const width = target.length / rows;
        return target.subarray(from * width, to * width);
      }),
    };
  }
}

function part(column: Column, width: number, from: number, to: number, size: number): Column {
  if (!ArrayBuffer.isView(column)) {
    const last = column[to - 1] ?? new Uint8Array();
    return [...column.slice(from, to), ...Array<Uint8Array>(size - (to - from)).fill(last)];
  }
  const own = column.subarray(from * width, to * width);
  if (to - from === size) return own;
  const whole = column.slice(0, 0).constructor as new (length: number) => TensorArray;
  const filled = new whole(size * width);
  filled.set(own);
  const last = column.subarray((to - 1) * width, to * width);
  for (let row = to - from; row < size; row++) filled.set(last, row * width);
  return filled;
}
