/** Poolings of Keras that TensorFlow.js lacks. Given the TensorFlow.js that loads the models. */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { TfCore, TfLayers } from '../backend/backend.js';
import { KEPT_POOLING, MASKED_MEAN } from './names.js';

type Shapes = (number | null)[] | (number | null)[][];

export function registerPoolings(core: TfCore, layers: TfLayers): void {
  registerKeptPooling(core, layers);
  registerMaskedMean(core, layers);
}

/** `[rows, steps, features]` to `[rows, features]`. */
function registerMaskedMean(core: TfCore, layers: TfLayers): void {
  class MaskedMean extends layers.layers.Layer {
    static readonly className: string = MASKED_MEAN;

    override computeOutputShape(inputShape: Shapes): (number | null)[] {
      const [rows, , features] = inputShape.map((size) => (Array.isArray(size) ? null : size));
      return [rows ?? null, features ?? null];
    }

    override call(inputs: Tensor | Tensor[], kwargs: { readonly mask?: Tensor | null }): Tensor {
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      if (x === undefined) throw new Error(`${MASKED_MEAN} takes one tensor`);
      const { mask } = kwargs;
      if (mask === undefined || mask === null) return core.mean(x, 1);
      return core.tidy(() => {
        const counted = core.expandDims(core.cast(mask, 'float32'), 2);
        return core.div(core.sum(core.mul(x, counted), 1), core.sum(counted, 1));
      });
    }
  }
  core.serialization.registerClass(MaskedMean);
}

interface KeptPoolingArgs {
  readonly name?: string;
  readonly of: 'mean' | 'max';
  readonly axes: readonly number[];
}

function registerKeptPooling(core: TfCore, layers: TfLayers): void {
  class KeptPooling extends layers.layers.Layer {
    static readonly className: string = KEPT_POOLING;
    readonly #of: KeptPoolingArgs['of'];
    readonly #axes: number[];

    constructor({ of, axes, ...common }: KeptPoolingArgs) {
      super(common);
      this.#of = of;
      this.#axes = [...axes];
    }

    override computeOutputShape(inputShape: Shapes): (number | null)[] {
      return inputShape.map((size, axis) => (Array.isArray(size) ? null : this.#axes.includes(axis) ? 1 : size));
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      if (x === undefined) throw new Error(`${KEPT_POOLING} takes one tensor`);
      return this.#of === 'mean' ? core.mean(x, this.#axes, true) : core.max(x, this.#axes, true);
    }
  }
  core.serialization.registerClass(KeptPooling);
}
