/** What `models/` asks an engine to load, and what the engine says of it. Implemented in `engine/`; knows no file format and no thread. */

import type { DType } from '../../shared/tensor.js';
import type { FeaturiserConfig } from '../../shared/text/featuriser.js';
import type { Engine, EngineModel } from './engine.js';

/** An input as a manifest declares it, to fix what the model's own file leaves open. */
export interface DeclaredInput {
  readonly name: string;
  readonly dtype: DType;
  /** Of one example: without the batch dimension. */
  readonly shape: readonly number[];
}

/** A model version to load: where it lies and what its manifest says. Plain data, so that it can travel to a thread. */
export interface ModelSource {
  /** `name@version`, for messages. */
  readonly ref: string;
  /** Absolute and without symbolic links; nothing outside it is read. */
  readonly folder: string;
  /** Name of the model file in the folder. A runtime whose models have another file, or none, does not look at it. */
  readonly file: string;
  /** Undefined: the model file says. */
  readonly runtime: string | undefined;
  readonly inputs: readonly DeclaredInput[];
  /** Of a text model; undefined: the model takes tensors. */
  readonly featuriser: FeaturiserConfig | undefined;
  /** Settings that the runtime understands; empty when the manifest has none. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** How a model came to be loaded. */
export interface LoadReport {
  readonly runtime: string;
  /** What computes, such as `tfjs-wasm`. */
  readonly engine: string;
  /** Why that one, for people. */
  readonly why: string;
  readonly loadMs: number;
}

export type LoadOutcome =
  | { readonly ok: true; readonly engineModel: EngineModel; readonly report: LoadReport }
  | { readonly ok: false; readonly problem: string };

/** An engine that models can be loaded into. `load` never rejects; `unload` returns once no run of the model can start. */
export interface ModelLoader extends Engine {
  load(source: ModelSource): Promise<LoadOutcome>;
  unload(model: EngineModel): void;
}
