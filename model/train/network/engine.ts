/**
 * TensorFlow.js for training: native if that works, otherwise wasm. Training uses only its matrix product. Knows no
 * model.
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
  // Not in a tidy(): it searches the output for tensors, number by number.
  const multiply: Multiply = (a, b, transposeA = false, transposeB = false) => {
    const [left, right] = [tensor(a), tensor(b)];
    const product = tf.matMul(left, right, transposeA, transposeB);
    const values = product.dataSync<'float32'>();
    tf.dispose([left, right, product]);
    return values;
  };
  return { backend, multiply };
}
