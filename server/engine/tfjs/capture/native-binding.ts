/** The parts of tfjs-node that capture uses, which its types hide; checked before use. */

import type { Tensor } from '@tensorflow/tfjs-core';
import { isObject } from '../../../../shared/parse.js';

/** Of an op: in TensorFlow's own names and attribute types. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor that an op returned. */
export interface OpOutput {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export interface Binding {
  executeOp(name: string, attributes: readonly OpAttribute[], inputs: readonly number[], count: number): OpOutput[];
  createTensor(shape: readonly number[], dtype: number, values: ArrayLike<number>): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): ArrayLike<number | bigint>;
  /** Names of nodes separated by commas. */
  runSavedModel(session: number, inputs: readonly number[], inputNodes: string, outputNodes: string): OpOutput[];
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_UINT8: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
}

export interface NativeBackend {
  binding: Binding;
  readonly tensorMap: { get(dataId: object): { readonly id: number } };
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(output: OpOutput): Tensor;
  loadSavedModelMetaGraph(path: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(
    session: number,
    inputs: readonly Tensor[],
    places: readonly { readonly name: string }[],
    outputs: readonly string[],
  ): Tensor[];
}

const FUNCTIONS = [
  'getInputTensorIds',
  'createOutputTensor',
  'loadSavedModelMetaGraph',
  'deleteSavedModel',
  'runSavedModel',
];
const BINDING_FUNCTIONS = ['executeOp', 'createTensor', 'deleteTensor', 'tensorDataSync', 'runSavedModel'];

/** The backend, when it has all of that. */
export function nativeBackend(backend: unknown): NativeBackend | undefined {
  if (!isObject(backend) || !isObject(backend.binding) || !isObject(backend.tensorMap)) return undefined;
  const { binding } = backend;
  const isWhole =
    FUNCTIONS.every((name) => typeof backend[name] === 'function') &&
    BINDING_FUNCTIONS.every((name) => typeof binding[name] === 'function');
  return isWhole ? (backend as unknown as NativeBackend) : undefined;
}

/** The library's own number of a tensor that has been used. */
export function tensorId(backend: NativeBackend, tensor: Tensor): number {
  return backend.tensorMap.get(tensor.dataId).id;
}
