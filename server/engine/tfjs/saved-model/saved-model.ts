/** A SavedModel on the native backend, with the interface of a TensorFlow.js model. Knows one graph; knows no batches. */

import type { Tensor } from '@tensorflow/tfjs-core';
import { firstLine, messageOf } from '../../../../shared/words/message-of.js';
import type { Backend } from '../../backend/backend.js';
import { type Binding, type NativeBackend, nativeBackend, type OpOutput } from '../capture/native-binding.js';
import type { TfjsModel } from '../tfjs-model.js';
import type { Signature, SignatureTensor } from './signature.js';

interface Carried {
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string';
  /** TensorFlow's number of the type, where it is cast on the way. */
  readonly cast?: number;
  /** Least and greatest value that the model takes, where it takes fewer than the hub. */
  readonly range?: readonly [number, number];
}

/** How the hub carries a type. int64 is neither read nor written by a cast, which would wrap. */
const CARRIED: Readonly<Record<string, Carried>> = {
  DT_FLOAT: { dtype: 'float32' },
  DT_DOUBLE: { dtype: 'float32', cast: 2 },
  DT_HALF: { dtype: 'float32', cast: 19 },
  DT_BFLOAT16: { dtype: 'float32', cast: 14 },
  DT_INT32: { dtype: 'int32' },
  DT_INT64: { dtype: 'int32' },
  DT_UINT8: { dtype: 'int32', cast: 4, range: [0, 255] },
  DT_INT8: { dtype: 'int32', cast: 6, range: [-128, 127] },
  DT_UINT16: { dtype: 'int32', cast: 17, range: [0, 65_535] },
  DT_INT16: { dtype: 'int32', cast: 5, range: [-32_768, 32_767] },
  DT_BOOL: { dtype: 'bool' },
  DT_STRING: { dtype: 'string' },
};
const [LEAST, MOST] = [-(2 ** 31), 2 ** 31 - 1];

/** Loads the graph from this folder. Throws what TensorFlow throws, and refusals in one line. */
export function openSavedModel(folder: string, signature: Signature, { tf }: Backend): TfjsModel {
  const backend = nativeBackend(tf.backend());
  if (backend === undefined) throw new Error('this tfjs-node has other internals');
  const { tags, inputs } = signature;
  // What no caller can be given stays in the model, as long as there is something else.
  const outputs = signature.outputs.filter(({ type }) => type !== 'DT_STRING');
  const odd = outputs.find(({ type }) => CARRIED[type] === undefined);
  if (odd !== undefined)
    throw new Error(`output "${odd.name}" has dtype ${odd.type}: cast it to float32 or int32 in the model`);
  if (outputs.length === 0) throw new Error('none of its outputs is a tensor of numbers');
  const session = load(backend, folder, tags);
  const run = new SavedModelRun(backend, session, inputs, outputs);
  const left = signature.outputs.filter((output) => !outputs.includes(output)).map(({ name }) => `"${name}"`);
  return {
    inputs: inputs.map(({ name, type, shape }) => ({ name, dtype: CARRIED[type]?.dtype ?? type, shape })),
    outputNames: outputs.map(({ name }) => name),
    execute: (tensors) => run.execute(tf, tensors),
    executeAsync: undefined,
    weights: () => [],
    dispose: () => backend.deleteSavedModel(session),
    ...(left.length === 0 ? {} : { note: `its output of strings, ${left.join(', ')}, is left out` }),
  };
}

function load(backend: NativeBackend, folder: string, tags: string): number {
  try {
    return backend.loadSavedModelMetaGraph(folder, tags);
  } catch (cause) {
    throw new Error(loadingProblem(messageOf(cause), folder));
  }
}

/** In one line, without places of its own: the folder is not the model's, and the node is no help. */
function loadingProblem(text: string, folder: string): string {
  const [said = ''] = text.replaceAll(`${folder}/`, '').split(/\s*\[\[/);
  const op = /Op type not registered '([^']+)'/.exec(said)?.[1];
  if (op !== undefined)
    return `TensorFlow 2.15 of this engine has no op ${op}; export the model without it, or for TensorFlow 2.15`;
  return `${firstLine(said.replaceAll('\n', ' '))}; export or copy the model again, with its folder variables`;
}

class SavedModelRun {
  readonly #backend: NativeBackend;
  readonly #session: number;
  readonly #inputs: readonly SignatureTensor[];
  readonly #outputs: readonly SignatureTensor[];
  readonly #inputNodes: string;
  readonly #outputNodes: string;

  constructor(
    backend: NativeBackend,
    session: number,
    inputs: readonly SignatureTensor[],
    outputs: readonly SignatureTensor[],
  ) {
    this.#backend = backend;
    this.#session = session;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#inputNodes = inputs.map(({ node }) => node).join();
    this.#outputNodes = outputs.map(({ node }) => node).join();
  }

  /** Not by the package's own function: it takes negative int64 values for large ones, and writes a line for each answer. */
  execute(tf: Backend['tf'], tensors: readonly Tensor[]): readonly Tensor[] {
    const { binding } = this.#backend;
    const own: number[] = [];
    try {
      const ids = tensors.map((tensor, index) => {
        const id = this.#inputOf(tensor, this.#inputs[index]);
        if (id !== undefined) own.push(id);
        return id ?? this.#backend.getInputTensorIds([tensor])[0] ?? 0;
      });
      const results = binding.runSavedModel(this.#session, ids, this.#inputNodes, this.#outputNodes);
      const kinds = this.#outputs.map(({ type }) => (type === 'DT_INT64' ? 'wide' : CARRIED[type]?.cast));
      own.push(...results.flatMap(({ id }, index) => (kinds[index] === undefined ? [] : [id])));
      // Those first that TensorFlow.js takes over, so that none is lost when another cannot be read.
      const known = results.map((result, index) => {
        const kind = kinds[index];
        if (kind === 'wide') return undefined;
        return this.#backend.createOutputTensor(kind === undefined ? result : this.#cast(result, kind, index));
      });
      return results.map(({ id, shape }, index) => {
        const values = known[index] ?? narrowed(binding.tensorDataSync(id), this.#outputs[index]?.name ?? '');
        return values instanceof Int32Array ? tf.tensor(values, [...shape], 'int32') : values;
      });
    } finally {
      for (const id of own) binding.deleteTensor(id);
    }
  }

  /** A tensor of a type that TensorFlow.js has not, made from this one; undefined where it is taken as it is. */
  #inputOf(tensor: Tensor, { type, name }: SignatureTensor = NOWHERE): number | undefined {
    const { binding } = this.#backend;
    const { cast, range } = CARRIED[type] ?? {};
    if (type === 'DT_INT64') return binding.createTensor(tensor.shape, binding.TF_INT64, widened(tensor.dataSync()));
    if (cast === undefined) return undefined;
    if (range !== undefined) checkRange(tensor.dataSync(), range, name, type);
    const [id = 0] = this.#backend.getInputTensorIds([tensor]);
    return castTensor(binding, id, range === undefined ? binding.TF_FLOAT : binding.TF_INT32, cast).id;
  }

  #cast({ id }: OpOutput, type: number, index: number): OpOutput {
    const { binding } = this.#backend;
    const isFloat = CARRIED[this.#outputs[index]?.type ?? '']?.dtype === 'float32';
    return castTensor(binding, id, type, isFloat ? binding.TF_FLOAT : binding.TF_INT32);
  }
}

const NOWHERE: SignatureTensor = { name: '', node: '', type: '', shape: undefined };

function castTensor(binding: Binding, id: number, from: number, to: number): OpOutput {
  const attributes = [
    { name: 'SrcT', type: binding.TF_ATTR_TYPE, value: from },
    { name: 'DstT', type: binding.TF_ATTR_TYPE, value: to },
    { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false },
  ];
  const [result] = binding.executeOp('Cast', attributes, [id], 1);
  if (result === undefined) throw new Error('TensorFlow answered no tensor to a cast');
  return result;
}

/** 64-bit little-endian integers, in two halves. */
function widened(values: ArrayLike<number>): Int32Array {
  const halves = new Int32Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    halves[2 * i] = value;
    halves[2 * i + 1] = value < 0 ? -1 : 0;
  }
  return halves;
}

function checkRange(
  values: ArrayLike<number>,
  [least, most]: readonly [number, number],
  name: string,
  type: string,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < least || value > most)
      throw new Error(
        `input "${name}" has ${value}, the model takes ${type.slice(3).toLowerCase()}: ${least} to ${most}`,
      );
  }
}

function narrowed(values: ArrayLike<number | bigint>, name: string): Int32Array {
  const narrow = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!(value >= LEAST && value <= MOST))
      throw new Error(
        `output "${name}" has ${values[i]}, an int64 that does not fit int32; cast it to float32 in the model`,
      );
    narrow[i] = value;
  }
  return narrow;
}
