/**
 * Keras's `Normalization`, which TensorFlow.js lacks: `(x - mean) / sqrt(variance)` along its axes; and its
 * `BatchNormalization` along another axis than the last, for which TensorFlow.js takes the wrong means.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { TfCore, TfLayers } from '../backend/backend.js';
import { classOf } from './registered.js';

interface NormalizationArgs {
  readonly name?: string;
  /** Axes that have a mean and a variance for each of their places; null: one for all. @default -1 */
  readonly axis?: number | readonly number[] | null | undefined;
  readonly invert?: boolean | undefined;
  /** Null: among the model's weights. */
  readonly mean?: unknown;
  readonly variance?: unknown;
}

/** As Keras has it, so that a variance of 0 gives no infinity. */
const LEAST_DEVIATION = 1e-7;

export function registerNormalization(core: TfCore, layers: TfLayers): void {
  class Normalization extends layers.layers.Layer {
    static readonly className: string = 'Normalization';
    readonly #args: Omit<NormalizationArgs, 'name'>;
    /** Shape of mean and variance, with ones for the other axes, the batch's among them. */
    #shape: number[] = [];
    #weights: { readonly mean: LayerVariable; readonly variance: LayerVariable } | undefined;

    constructor({ axis, invert, mean, variance, ...common }: NormalizationArgs) {
      super(common);
      this.#args = { axis, invert, mean, variance };
      this.supportsMasking = true;
    }

    override build(inputShape: (number | null)[] | (number | null)[][]): void {
      const shape = inputShape.map((size) => (Array.isArray(size) ? null : size));
      const { axis = -1, mean } = this.#args;
      const axes = axis === null ? [] : [axis].flat().map((one) => (one < 0 ? one + shape.length : one));
      this.#shape = shape.map((size, at) => (axes.includes(at) ? (size ?? 1) : 1));
      if (mean === null || mean === undefined) {
        const own = axes.map((at) => this.#shape[at] ?? 1);
        const zeros = layers.initializers.zeros();
        this.#weights = {
          mean: this.addWeight('mean', own, 'float32', zeros, undefined, false),
          variance: this.addWeight('variance', own, 'float32', zeros, undefined, false),
        };
        // How many examples it was adapted to. It is in the file, so there must be a place for it.
        this.addWeight('count', [], 'int32', zeros, undefined, false);
      }
      this.built = true;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return core.tidy(() => {
        const [x] = Array.isArray(inputs) ? inputs : [inputs];
        if (x === undefined) throw new Error('Normalization takes one tensor');
        const mean = core.reshape(this.#weights?.mean.read() ?? numbers(this.#args.mean), this.#shape);
        const variance = core.reshape(this.#weights?.variance.read() ?? numbers(this.#args.variance), this.#shape);
        const deviation = core.maximum(core.sqrt(variance), LEAST_DEVIATION);
        const input = core.cast(x, 'float32');
        return this.#args.invert === true
          ? core.add(core.mul(input, deviation), mean)
          : core.div(core.sub(input, mean), deviation);
      });
    }

    override getConfig() {
      const { axis = -1, invert = false, mean = null, variance = null } = this.#args;
      return { ...super.getConfig(), ...(JSON.parse(JSON.stringify({ axis, invert, mean, variance })) as object) };
    }
  }

  function numbers(value: unknown): Tensor {
    return core.tensor1d([value].flat(8).map(Number));
  }

  core.serialization.registerClass(Normalization);
}

interface BatchLayer {
  readonly axis: number | readonly number[];
  readonly epsilon: number;
  readonly gamma?: LayerVariable | null;
  readonly beta?: LayerVariable | null;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor;
}

export function registerBatchNormalization(core: TfCore): void {
  const Stock = classOf<BatchLayer, object>(core, 'BatchNormalization');
  class BatchNormalization extends Stock {
    static override readonly className: string = 'BatchNormalization';

    override call(inputs: Tensor | Tensor[], kwargs: object): Tensor {
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      const [given = -1] = [this.axis].flat();
      const axis = x !== undefined && given < 0 ? given + x.rank : given;
      if (x === undefined || axis === x.rank - 1) return super.call(inputs, kwargs);
      return core.tidy(() => {
        const shape = x.shape.map((size, at) => (at === axis ? size : 1));
        const along = (one: LayerVariable): Tensor => core.reshape(one.read(), shape);
        const deviation = core.sqrt(core.add(along(this.movingVariance), this.epsilon));
        const normed = core.div(core.sub(x, along(this.movingMean)), deviation);
        const scaled = this.gamma ? core.mul(normed, along(this.gamma)) : normed;
        return this.beta ? core.add(scaled, along(this.beta)) : scaled;
      });
    }
  }
  core.serialization.registerClass(BatchNormalization);
}
