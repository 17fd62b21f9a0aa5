/**
 * Records the ops of one run on the native backend: each op goes through one function of its binding, in TensorFlow's
 * own vocabulary, and each constant through another. Tensors are kept while recording, so that their numbers are unique.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import { type NativeBackend, type OpAttribute, type OpOutput, tensorId } from './native-binding.js';

/** Values that JavaScript made during the run. */
export interface TracedConstant {
  readonly shape: readonly number[];
  /** TensorFlow's DataType. */
  readonly dtype: number;
  readonly values: ArrayLike<number>;
}

export interface TracedOp {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  /** Numbers of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly OpOutput[];
}

export interface Trace {
  readonly ops: readonly TracedOp[];
  /** By number of their tensor, in the order of their making. */
  readonly constants: ReadonlyMap<number, TracedConstant>;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Runs and records. The inputs must be fresh tensors; the outputs are disposed of by the caller's tidy. */
export function traceRun(
  backend: NativeBackend,
  inputs: readonly Tensor[],
  run: (inputs: readonly Tensor[]) => readonly Tensor[],
): Trace {
  const { binding } = backend;
  const ops: TracedOp[] = [];
  const constants = new Map<number, TracedConstant>();
  const deleted: number[] = [];
  const recording = Object.create(binding, {
    executeOp: {
      value: (name: string, attributes: readonly OpAttribute[], from: readonly number[], count: number) => {
        const outputs = binding.executeOp(name, attributes, from, count);
        ops.push({ name, attributes: [...attributes], inputs: [...from], outputs: outputs.map((one) => ({ ...one })) });
        return outputs;
      },
    },
    createTensor: {
      value: (shape: readonly number[], dtype: number, values: ArrayLike<number>) => {
        const id = binding.createTensor(shape, dtype, values);
        constants.set(id, { shape: [...shape], dtype, values: Array.from(values) });
        return id;
      },
    },
    deleteTensor: { value: (id: number) => void deleted.push(id) },
  });
  backend.binding = recording;
  try {
    const outputs = run(inputs);
    return {
      ops,
      constants,
      inputs: inputs.map((tensor) => tensorId(backend, tensor)),
      outputs: outputs.map((tensor) => tensorId(backend, tensor)),
    };
  } finally {
    backend.binding = binding;
    for (const id of deleted) binding.deleteTensor(id);
  }
}
