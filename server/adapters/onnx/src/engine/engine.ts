/** ONNX Runtime in one of its two builds. Knows no models. */

import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** The part of ONNX Runtime that this package uses; both builds have it. */
export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: typeof Tensor;
  readonly env: { logLevel?: string; readonly versions: Readonly<Record<string, string | undefined>> };
}

export type { InferenceSession, Tensor };

/** ONNX Runtime writes to standard error by itself; what it says there is in its exceptions too. */
export const QUIET = 'fatal';
/** The same, of a session and of a run. */
export const FATAL_ONLY = 4;

export interface Engine {
  /** `node`: the native library. */
  readonly name: 'node' | 'wasm';
  readonly version: string;
  readonly ort: Ort;
  /** True when a run fills the tensors that it is given for its outputs. */
  readonly fillsOutputs: boolean;
  /** True when it reads a model out of shared memory. */
  readonly readsShared: boolean;
}

export type EngineOpening =
  | { readonly ok: true; readonly engine: Engine }
  /** Each is a part of a line. */
  | { readonly ok: false; readonly reason: string; readonly remedy: string };
