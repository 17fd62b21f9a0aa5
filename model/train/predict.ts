// The classes that a loaded model gives to texts, featurised and batched as a hub would.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { elementCount, newTensorArray } from '../../shared/tensor.js';
import type { Featuriser } from '../../shared/text/featuriser.js';
import type { TfCore } from './engine.js';

const BATCH_ROWS = 250;

/** Probabilities of each text, in the order of the labels. */
export function predict(tf: TfCore, model: LayersModel, featuriser: Featuriser, texts: readonly string[]): number[][] {
  const answers: number[][] = [];
  for (let from = 0; from < texts.length; from += BATCH_ROWS) {
    const batch = texts.slice(from, from + BATCH_ROWS);
    const arrays = featuriser.tensors.map(({ dtype, shape }) =>
      newTensorArray(dtype, batch.length * elementCount(shape)),
    );
    for (const [row, text] of batch.entries()) featuriser.write(text, row, arrays);
    const flat = tf.tidy(() => {
      const inputs = featuriser.tensors.map(({ dtype, shape }, i): Tensor => {
        return tf.tensor(arrays[i] ?? [], [batch.length, ...shape], dtype);
      });
      const output = model.predictOnBatch(inputs);
      if (Array.isArray(output)) throw new TypeError('a model with one output expected');
      return Array.from(output.dataSync());
    });
    const classes = flat.length / batch.length;
    for (let row = 0; row < batch.length; row++) answers.push(flat.slice(row * classes, (row + 1) * classes));
  }
  return answers;
}

/** Index of the largest value; the first of equals. */
export function largest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
