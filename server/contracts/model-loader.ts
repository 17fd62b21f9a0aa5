/**
 * What `models/` asks an engine to load, and the result. Implemented in `engine/`; knows no file formats and no
 * threads.
 */

import type { DType } from '../../shared/tensor.js';
import type { FeaturiserConfig } from '../../shared/text/featuriser.js';
import type { Engine, EngineModel } from './engine.js';

/** An input as declared by a manifest, to complete what the model file leaves open. */
export interface DeclaredInput {
  readonly name: string;
  readonly dtype: DType;
  /** Shape of one example, `[d1, ..., dn]`, without the batch dimension; of a featuriser, open sizes as in TensorSpec. */
  readonly shape: readonly number[];
  /** To be left out when the model takes no input of this name. @default false */
  readonly optional?: boolean;
  /** The model gets `x * scale + offset` of what callers send; a list has one for each element of the last dimension. */
  readonly scale?: number | readonly number[] | undefined;
  readonly offset?: number | readonly number[] | undefined;
}

/** What is done to an output of float32 before callers get it: to logits, by their last dimension or each by itself. */
export interface DeclaredOutput {
  readonly name: string;
  readonly apply: 'softmax' | 'sigmoid';
}

/** By the name of an input: a scalar, or its elements row-major. */
export type Constants = Readonly<Record<string, number | boolean | readonly (number | boolean)[]>>;

/** A model version to load: its location and its manifest. Plain data, so that it can be posted to a thread. */
export interface ModelSource {
  /** `name@version`, for messages. */
  readonly ref: string;
  /** Absolute, without symbolic links; nothing outside it is read. */
  readonly folder: string;
  /** Name of the model file in the folder. A runtime whose models have another file, or none, does not look at it. */
  readonly file: string;
  /** Undefined: determined by the model file. */
  readonly runtime: string | undefined;
  readonly inputs: readonly DeclaredInput[];
  /** What is done to outputs; all are given, these and others. @default none */
  readonly outputs?: readonly DeclaredOutput[];
  /** Inputs that have the same values in each run, and that callers do not see. @default none */
  readonly constants?: Constants;
  /**
   * Who gives `inputs`, for messages. A featuriser's single tensor may have another name than the model's single input.
   * @default manifest.json
   */
  readonly inputsFrom?: 'the featuriser';
  /** For a text model; undefined when the model takes tensors. */
  readonly featuriser: FeaturiserConfig | undefined;
  /** The bytes of the file that a tokenizer's featuriser names: UTF-8, read once for all threads. */
  readonly tokenizer?: SharedArrayBuffer | undefined;
  /** Settings for the runtime; empty when the manifest has none. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** How a model was loaded. */
export interface LoadReport {
  readonly runtime: string;
  /** The engine that computes, such as `tfjs-wasm`. */
  readonly engine: string;
  /** Why that engine, for people. */
  readonly why: string;
  readonly loadMs: number;
}

/** The result of {@link ModelLoader.load}; `problem` is one line. */
export type LoadOutcome =
  | { readonly ok: true; readonly engineModel: EngineModel; readonly report: LoadReport }
  | { readonly ok: false; readonly problem: string };

/**
 * An engine that models can be loaded into. `load` never rejects; `unload` returns once no run of the model can start
 * any more.
 */
export interface ModelLoader extends Engine {
  load(source: ModelSource): Promise<LoadOutcome>;
  unload(model: EngineModel): void;
}
