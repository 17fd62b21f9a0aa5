/**
 * TensorFlow.js for training: natively where that works, else on wasm. Training takes one operation from it, the product of matrices.
 * Knows no model.
 */

import { type Backend, openBackend } from '../../../server/engine/backend/backend.js';
import { TrainingInputError } from '../input-error.js';
import type { Matrix, Multiply } from './matrix.js';

export interface TrainingEngine {
  readonly backend: Backend;
  readonly multiply: Multiply;
}

export async function openTrainingEngine(choice: 'auto' | 'native' | 'wasm' | 'cpu' = 'auto'): Promise<TrainingEngine> {
  const opening = await openBackend(choice);
  if (!opening.ok) throw new TrainingInputError(`${opening.name}: ${opening.reason}; ${opening.remedy}`);
  const { backend } = opening;
  const { tf } = backend;
  const tensor = ({ values, rows, columns }: Matrix) =>
    tf.tensor2d(values.subarray(0, rows * columns), [rows, columns]);
  // Not in a tidy(): it looks for tensors in what comes out, number by number.
  const multiply: Multiply = (a, b, transposeA = false, transposeB = false) => {
    const [left, right] = [tensor(a), tensor(b)];
    const product = tf.matMul(left, right, transposeA, transposeB);
    const values = product.dataSync<'float32'>();
    tf.dispose([left, right, product]);
    return values;
  };
  return { backend, multiply };
}
