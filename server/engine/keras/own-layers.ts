/**
 * Layers of Keras that TensorFlow.js lacks, or computes otherwise at inference, registered under Keras's names. Given the
 * TensorFlow.js that loads the models; imports none.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { TfCore, TfLayers } from '../backend/backend.js';
import { registerActivations } from './activations.js';
import { registerGru } from './gru.js';
import { PASS_THROUGH } from './names.js';
import { registerBatchNormalization, registerNormalization } from './normalization.js';
import { registerPoolings } from './pooling.js';
import { classOf } from './registered.js';
import { registerResized, registerUpSampling } from './resized-image.js';

/** They change their input in training alone. Of those that TensorFlow.js has, two change it always. */
const NOTHING_AT_INFERENCE = [
  PASS_THROUGH,
  'ActivityRegularization',
  'AugMix',
  'CutMix',
  'MixUp',
  'RandAugment',
  'RandomBrightness',
  'RandomColorDegeneration',
  'RandomColorJitter',
  'RandomContrast',
  'RandomElasticTransform',
  'RandomErasing',
  'RandomFlip',
  'RandomGaussianBlur',
  'RandomGrayscale',
  'RandomHeight',
  'RandomHue',
  'RandomInvert',
  'RandomPerspective',
  'RandomPosterization',
  'RandomRotation',
  'RandomSaturation',
  'RandomSharpness',
  'RandomShear',
  'RandomTranslation',
  'RandomWidth',
  'RandomZoom',
  'SpatialDropout2D',
  'SpatialDropout3D',
] as const;

const registered = new WeakSet<object>();

/** Registers them once for each TensorFlow.js. */
export function registerOwnLayers(core: TfCore, layers: TfLayers): void {
  if (registered.has(layers.layers)) return;
  registered.add(layers.layers);
  for (const className of NOTHING_AT_INFERENCE) {
    core.serialization.registerClass(
      class extends layers.layers.Layer {
        static readonly className: string = className;

        constructor(args: { readonly name?: string }) {
          super(args);
          this.supportsMasking = true;
        }
      },
    );
  }
  registerSubtract(core);
  registerFlatten(core);
  registerResized(core, layers);
  registerUpSampling(core);
  registerPoolings(core, layers);
  registerBatchNormalization(core);
  registerNormalization(core, layers);
  registerActivations(core);
  registerGru(core);
}

interface MergeLayer {
  mergeFunction(inputs: Tensor[]): Tensor;
}

/** In the shape of its sibling `Add`, which broadcasts alike. */
function registerSubtract(core: TfCore): void {
  const Add = classOf<MergeLayer, object>(core, 'Add');
  class Subtract extends Add {
    static override readonly className: string = 'Subtract';

    override mergeFunction([first, second]: Tensor[]): Tensor {
      if (first === undefined || second === undefined) throw new Error('Subtract takes two tensors');
      return core.sub(first, second);
    }
  }
  core.serialization.registerClass(Subtract);
}

/** Of Keras, it takes rows that are flat already. */
function registerFlatten(core: TfCore): void {
  const Stock = classOf<{ inputSpec: readonly { readonly minNDim: number }[] }, object>(core, 'Flatten');
  class Flatten extends Stock {
    static override readonly className: string = 'Flatten';

    constructor(args: object) {
      super(args);
      this.inputSpec = [{ minNDim: 2 }];
    }
  }
  core.serialization.registerClass(Flatten);
}
