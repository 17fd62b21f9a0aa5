/** Keras's `Resizing` and `UpSampling2D`, which TensorFlow.js computes otherwise. Given the TensorFlow.js that loads the models. */

import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { TfCore, TfLayers } from '../backend/backend.js';
import { RESIZED } from './names.js';
import { classOf } from './registered.js';

interface ResizedArgs {
  readonly name?: string;
  readonly height: number;
  readonly width: number;
  readonly interpolation: 'bilinear' | 'nearest';
}

export function registerResized(core: TfCore, layers: TfLayers): void {
  class ResizedImage extends layers.layers.Layer {
    static readonly className: string = RESIZED;
    readonly #size: [number, number];
    readonly #interpolation: ResizedArgs['interpolation'];

    constructor({ height, width, interpolation, ...common }: ResizedArgs) {
      super(common);
      this.#size = [height, width];
      this.#interpolation = interpolation;
    }

    override computeOutputShape(inputShape: (number | null)[] | (number | null)[][]): (number | null)[] {
      const [rows, , , channels] = inputShape.map((size) => (Array.isArray(size) ? null : size));
      return [rows ?? null, ...this.#size, channels ?? null];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const [images] = Array.isArray(inputs) ? inputs : [inputs];
      if (images === undefined) throw new Error(`${RESIZED} takes one tensor`);
      const { resizeBilinear, resizeNearestNeighbor } = core.image;
      const resize = this.#interpolation === 'bilinear' ? resizeBilinear : resizeNearestNeighbor;
      return resize(images as Tensor4D, this.#size, false, true);
    }
  }
  core.serialization.registerClass(ResizedImage);
}

interface UpSampling {
  readonly size: readonly [number, number];
  readonly dataFormat: string;
  readonly interpolation: string;
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor;
}

/** Bilinear from the centres of pixels, as Keras 2 and 3 do; TensorFlow.js goes from their corners. */
export function registerUpSampling(core: TfCore): void {
  const Stock = classOf<UpSampling, object>(core, 'UpSampling2D');
  class UpSampling2D extends Stock {
    static override readonly className: string = 'UpSampling2D';

    override call(inputs: Tensor | Tensor[], kwargs: object): Tensor {
      const [images] = Array.isArray(inputs) ? inputs : [inputs];
      if (images === undefined || this.interpolation !== 'bilinear') return super.call(inputs, kwargs);
      const isFirst = this.dataFormat === 'channelsFirst';
      return core.tidy(() => {
        const last = (isFirst ? core.transpose(images, [0, 2, 3, 1]) : images) as Tensor4D;
        const [down, across] = this.size;
        const size: [number, number] = [last.shape[1] * down, last.shape[2] * across];
        const resized = core.image.resizeBilinear(last, size, false, true);
        return isFirst ? core.transpose(resized, [0, 3, 1, 2]) : resized;
      });
    }
  }
  core.serialization.registerClass(UpSampling2D);
}
