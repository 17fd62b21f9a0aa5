/** A runtime called directly, as a program without the hub would at its best. Types only. */

import type { TensorArray } from '../../../shared/tensor.js';

/** The values of the only output. */
export type Values = ArrayLike<number>;

export interface BareModel {
  /**
   * A run on one batch, whose tensor is made once.
   *
   * @param values `[rows, d1, ..., dn]`, which the tensor may keep
   */
  at(rows: number, values: TensorArray): () => Values | Promise<Values>;
}
