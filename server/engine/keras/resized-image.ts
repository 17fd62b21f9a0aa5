/** Keras's `Resizing`, which TensorFlow.js computes otherwise. Given the TensorFlow.js that loads the models. */

import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { TfCore, TfLayers } from '../backend/backend.js';
import { RESIZED } from './names.js';

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
