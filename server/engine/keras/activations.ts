/** Activations of Keras that TensorFlow.js lacks. Given the TensorFlow.js that loads the models. */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { TfCore } from '../backend/backend.js';
import { HARD_SIGMOID } from './names.js';

const LEAKY_SLOPE = 0.2;

/** By the name that TensorFlow.js makes of Keras's: without "_". */
function activations(core: TfCore): Readonly<Record<string, (x: Tensor) => Tensor>> {
  const hardSigmoid = (x: Tensor): Tensor => core.div(core.relu6(core.add(x, 3)), 6);
  const hardSilu = (x: Tensor): Tensor => core.mul(x, hardSigmoid(x));
  return {
    [HARD_SIGMOID]: hardSigmoid,
    hardSilu,
    hardSwish: hardSilu,
    silu: (x) => core.mul(x, core.sigmoid(x)),
    exponential: (x) => core.exp(x),
    leakyRelu: (x) => core.leakyRelu(x, LEAKY_SLOPE),
    celu: (x) => core.elu(x),
    logSigmoid: (x) => core.logSigmoid(x),
    hardTanh: (x) => core.clipByValue(x, -1, 1),
    tanhShrink: (x) => core.sub(x, core.tanh(x)),
    squareplus: (x) => core.div(core.add(x, core.sqrt(core.add(core.square(x), 4))), 2),
  };
}

export function registerActivations(core: TfCore): void {
  for (const [name, apply] of Object.entries(activations(core))) {
    core.serialization.registerClass(
      class extends core.serialization.Serializable {
        static readonly className: string = name;

        apply(x: Tensor): Tensor {
          return core.tidy(() => apply(x));
        }

        getConfig() {
          return {};
        }
      },
    );
  }
}
