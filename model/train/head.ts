// The two dense layers above the sum of n-gram vectors, their loss and its gradient, computed by TensorFlow.js.
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { Adam } from './adam.js';
import type { TfCore } from './engine.js';
import type { Random } from './random.js';

export interface HeadParameter {
  readonly name: 'hidden/kernel' | 'hidden/bias' | 'output/kernel' | 'output/bias';
  readonly shape: readonly [number] | readonly [number, number];
  readonly values: Float32Array;
}

export interface HeadOptions {
  readonly width: number;
  readonly hidden: number;
  readonly classes: number;
  readonly dropout: number;
  readonly labelSmoothing: number;
  /** How much an example of each class counts. */
  readonly classWeights: readonly number[];
}

export interface HeadStep {
  readonly loss: number;
  /** Gradient of the loss with respect to the sums. */
  readonly slopes: Float32Array;
}

export class Head {
  readonly parameters: readonly HeadParameter[];
  private readonly optimisers: readonly Adam[];

  constructor(
    private readonly tf: TfCore,
    private readonly options: HeadOptions,
    random: Random,
  ) {
    const { width, hidden, classes } = options;
    this.parameters = [
      { name: 'hidden/kernel', shape: [width, hidden], values: random.normals(width * hidden, Math.sqrt(2 / width)) },
      // Above zero, so that the units are alive while the table is still all zero.
      { name: 'hidden/bias', shape: [hidden], values: new Float32Array(hidden).fill(0.1) },
      {
        name: 'output/kernel',
        shape: [hidden, classes],
        values: random.normals(hidden * classes, Math.sqrt(1 / hidden)),
      },
      { name: 'output/bias', shape: [classes], values: new Float32Array(classes) },
    ];
    this.optimisers = this.parameters.map(({ values }) => new Adam(values));
  }

  /** One step down the gradient of these sums and labels. */
  train(sums: Float32Array, labels: Uint8Array, random: Random, rate: number, step: number): HeadStep {
    const { tf, options } = this;
    const rows = labels.length;
    const masks = [options.width, options.hidden].map((width) => random.dropout(rows * width, options.dropout));
    const targets = this.targets(labels);
    const { loss, gradients } = tf.tidy(() => {
      const [sumMask, hiddenMask] = masks.map((mask) => tf.tensor2d(mask, [rows, mask.length / rows]));
      if (sumMask === undefined || hiddenMask === undefined) throw new Error('two masks expected');
      const wanted = tf.tensor2d(targets, [rows, options.classes]);
      const lossOf = (sum: Tensor, kernel: Tensor, bias: Tensor, outKernel: Tensor, outBias: Tensor): Scalar => {
        const hidden = tf.relu(tf.add(tf.matMul(tf.mul(sum, sumMask), kernel), bias));
        const logits = tf.add(tf.matMul(tf.mul(hidden, hiddenMask), outKernel), outBias);
        return tf.div(tf.sum(tf.mul(wanted, tf.logSoftmax(logits))), -rows);
      };
      const inputs = [
        tf.tensor2d(sums, [rows, options.width]),
        ...this.parameters.map(({ values, shape }) => tf.tensor(values, [...shape])),
      ];
      const { value, grads } = tf.valueAndGrads(lossOf)(inputs);
      return {
        loss: value.dataSync()[0] ?? Number.NaN,
        gradients: grads.map((slope) => Float32Array.from(slope.dataSync())),
      };
    });
    const [slopes, ...rest] = gradients;
    if (slopes === undefined) throw new Error('no gradient for the sums');
    for (const [index, slope] of rest.entries()) this.optimisers[index]?.update(0, slope, 0, slope.length, rate, step);
    return { loss, slopes };
  }

  /** Smoothed one-hot rows, each times the weight of its class. */
  private targets(labels: Uint8Array): Float32Array {
    const { classes, labelSmoothing, classWeights } = this.options;
    const targets = new Float32Array(labels.length * classes);
    for (const [row, label] of labels.entries()) {
      const weight = classWeights[label] ?? 1;
      targets.fill((weight * labelSmoothing) / classes, row * classes, (row + 1) * classes);
      targets[row * classes + label] = weight * (1 - labelSmoothing + labelSmoothing / classes);
    }
    return targets;
  }
}
