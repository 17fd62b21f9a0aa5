/**
 * GRU with `reset_after`, as Keras has it by default since version 2 of TensorFlow; TensorFlow.js has the older form
 * alone. Registered in place of its own classes, which compute the older form as before.
 */

import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { TfCore } from '../backend/backend.js';
import { classOf } from './registered.js';

interface GruArgs {
  readonly resetAfter?: boolean;
}

interface Activation {
  apply(x: Tensor): Tensor;
}

/** What of the cell is used or replaced. */
interface GruCell {
  readonly units: number;
  useBias: boolean;
  bias: LayerVariable | null;
  built: boolean;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly biasInitializer: unknown;
  readonly kernel: LayerVariable;
  readonly recurrentKernel: LayerVariable;
  addWeight(name: string, shape: number[], dtype: null, initializer: unknown): LayerVariable;
  build(inputShape: unknown): void;
  call(inputs: Tensor[], kwargs: object): Tensor[];
  getConfig(): object;
}

interface GruLayer {
  readonly cell: GruCell;
  getConfig(): object;
}

export function registerGru(core: TfCore): void {
  const Layer = classOf<GruLayer, GruArgs>(core, 'GRU');
  class Gru extends Layer {
    static override readonly className: string = 'GRU';
    readonly #resetAfter: boolean;

    constructor(args: GruArgs) {
      super({ ...args, resetAfter: false });
      this.#resetAfter = args.resetAfter === true;
      if (this.#resetAfter) resetAfter(core, this.cell);
    }

    /** Bidirectional makes its two layers of this. */
    override getConfig() {
      return { ...super.getConfig(), resetAfter: this.#resetAfter };
    }
  }

  const Cell = classOf<GruCell, GruArgs>(core, 'GRUCell');
  class Gate extends Cell {
    static override readonly className: string = 'GRUCell';
    readonly #resetAfter: boolean;

    constructor(args: GruArgs) {
      super({ ...args, resetAfter: false });
      this.#resetAfter = args.resetAfter === true;
      if (this.#resetAfter) resetAfter(core, this);
    }

    override getConfig() {
      return { ...super.getConfig(), resetAfter: this.#resetAfter };
    }
  }

  core.serialization.registerClass(Gru);
  core.serialization.registerClass(Gate);
}

/** Makes the cell apply its reset gate after the product with the state, with a bias of its own for that product. */
function resetAfter(core: TfCore, cell: GruCell): void {
  const { units, useBias } = cell;
  const build = cell.build.bind(cell);
  cell.build = (inputShape) => {
    cell.useBias = false;
    build(inputShape);
    cell.useBias = useBias;
    if (useBias) cell.bias = cell.addWeight('bias', [2, 3 * units], null, cell.biasInitializer);
    cell.built = true;
  };
  cell.call = ([input, state]) =>
    core.tidy(() => {
      if (input === undefined || state === undefined) throw new Error('GRUCell takes an input and a state');
      let fromInput: Tensor = core.matMul(input as Tensor2D, cell.kernel.read() as Tensor2D);
      let fromState: Tensor = core.matMul(state as Tensor2D, cell.recurrentKernel.read() as Tensor2D);
      if (cell.bias !== null) {
        const [inputBias, stateBias] = core.split(cell.bias.read(), 2, 0);
        if (inputBias !== undefined) fromInput = core.add(fromInput, inputBias);
        if (stateBias !== undefined) fromState = core.add(fromState, stateBias);
      }
      const [inputUpdate, inputReset, inputNew] = thirds(core, fromInput);
      const [stateUpdate, stateReset, stateNew] = thirds(core, fromState);
      const update = cell.recurrentActivation.apply(core.add(inputUpdate, stateUpdate));
      const reset = cell.recurrentActivation.apply(core.add(inputReset, stateReset));
      const next = cell.activation.apply(core.add(inputNew, core.mul(reset, stateNew)));
      const output = core.add(core.mul(update, state), core.mul(core.sub(1, update), next));
      return [output, output];
    });
}

/** Of each row: the parts of the update gate, of the reset gate and of the new state. */
function thirds(core: TfCore, all: Tensor): readonly [Tensor, Tensor, Tensor] {
  const [update, reset, next] = core.split(all, 3, 1);
  if (update === undefined || reset === undefined || next === undefined) throw new Error('GRUCell has no units');
  return [update, reset, next];
}
