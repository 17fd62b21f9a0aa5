/** Matrices as plain row-major arrays, and the few sums that need no engine. */

/** The array may be longer. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The row-major product. Either factor may be transposed. */
export type Multiply = (a: Matrix, b: Matrix, transposeA?: boolean, transposeB?: boolean) => Float32Array;

export function matrix(values: Float32Array, rows: number, columns: number): Matrix {
  return { values, rows, columns };
}

export function scale(values: Float32Array, by: Float32Array, length: number): void {
  for (let i = 0; i < length; i++) values[i] = (values[i] ?? 0) * (by[i] ?? 0);
}

export function add(sum: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (values[i] ?? 0);
}

export function addRows(sum: Float32Array, { values, rows, columns }: Matrix): void {
  for (let i = 0; i < rows * columns; i++) sum[i % columns] = (sum[i % columns] ?? 0) + (values[i] ?? 0);
}
