/**
 * Kernels of the WebAssembly backend that take every tensor for one of float32, mended: of bools, which have one byte, one
 * reads and writes beyond the tensor, into what belongs to other models. Knows tensors; knows no models.
 */

import type { KernelBackend, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

type TfCore = typeof import('@tensorflow/tfjs-core');
type WasmBackend = KernelBackend & {
  readonly dataIdMap: { get(id: object): { dtype: string } };
  disposeData(id: object): unknown;
};

/** They move elements, and so need no more than elements of four bytes. */
const MOVES = ['Reverse', 'StridedSlice'] as const;

const mended = new WeakSet<object>();

/** Once for each TensorFlow.js. */
export function mendWasmKernels(tf: TfCore): void {
  if (mended.has(tf)) return;
  mended.add(tf);
  for (const kernelName of MOVES) {
    const own = tf.getKernel(kernelName, 'wasm');
    if (own === undefined || own === null) continue;
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({
      ...own,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const { x } = inputs as NamedTensorInfoMap;
        const wasm = backend as WasmBackend;
        const run = (input: TensorInfo) =>
          own.kernelFunc({ inputs: { x: input }, attrs: attrs ?? {}, backend }) as TensorInfo;
        if (x === undefined || x.dtype === 'float32' || x.dtype === 'string')
          return own.kernelFunc({ inputs, attrs: attrs ?? {}, backend });
        if (x.dtype === 'int32') return labelled(run(x), 'int32', wasm);
        const numbers = castTo('int32', x);
        const moved = labelled(run(numbers), 'int32', wasm);
        const result = castTo(x.dtype, moved);
        for (const { dataId } of [numbers, moved]) wasm.disposeData(dataId);
        return result;

        function castTo(dtype: TensorInfo['dtype'], input: TensorInfo): TensorInfo {
          const cast = tf.getKernel('Cast', 'wasm');
          return cast.kernelFunc({ inputs: { x: input }, attrs: { dtype }, backend }) as TensorInfo;
        }
      },
    });
  }
}

/** The elements are right; what they are called may not be. */
function labelled(info: TensorInfo, dtype: TensorInfo['dtype'], backend: WasmBackend): TensorInfo {
  backend.dataIdMap.get(info.dataId).dtype = dtype;
  return { ...info, dtype };
}
