/** Ops of graphs that TensorFlow.js lacks, registered under names of the hub. Given TensorFlow.js; imports none. */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Backend } from '../backend/backend.js';
import { BY_OWN_STATISTICS } from './graph-rewrites.js';

const registered = new WeakSet<object>();

/** Registers them once for each TensorFlow.js. */
export function registerOwnOps({ tf, converter }: Pick<Backend, 'tf' | 'converter'>): void {
  if (registered.has(converter)) return;
  registered.add(converter);
  converter.registerOp(BY_OWN_STATISTICS, ({ inputs: [x, scale, offset], attrs }) => {
    if (x === undefined || scale === undefined || offset === undefined)
      throw new Error('FusedBatchNorm takes an input, a scale and an offset');
    const isFirst = String(attrs.data_format).toUpperCase().startsWith('NC');
    return [byOwnStatistics(tf, [x, scale, offset], isFirst ? 1 : x.rank - 1, Number(attrs.epsilon ?? 1e-4))];
  });
}

/** `x` of any rank; scale and offset `[channels]`. */
function byOwnStatistics(
  tf: Backend['tf'],
  [x, scale, offset]: readonly [Tensor, Tensor, Tensor],
  channels: number,
  epsilon: number,
): Tensor {
  return tf.tidy(() => {
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== channels);
    const sizes = x.shape.map((size, axis) => (axis === channels ? size : 1));
    const { mean, variance } = tf.moments(x, axes, true);
    const scaled = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(scaled, tf.reshape(scale, sizes)), tf.reshape(offset, sizes));
  });
}
