/** A model version as the core sees it, and the directory in which the hub looks it up. */

import type { WireError } from '../../shared/errors.js';
import type { ModelDescription } from '../../shared/protocol.js';
import type { InputSpec, TensorSpec } from '../../shared/tensor.js';
import type { EngineModel } from './engine.js';

/** Properties of a loaded model version. */
export interface ModelSpec {
  readonly name: string;
  readonly version: string;
  /** `name@version`, as in answers and messages. */
  readonly ref: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly labels: readonly string[] | undefined;
  /** Maximum length of one text, in UTF-16 units. */
  readonly maxTextLength: number;
  /** Of a model at one of its open sizes: the model itself, which is what is counted. */
  readonly base?: ModelSpec;
}

/**
 * First estimate of a batch's cost in milliseconds, from the warm-up runs:
 * `overheadMs + rowMs * rows + byteMs * textBytes`.
 */
export interface WarmUp {
  readonly overheadMs: number;
  readonly rowMs: number;
  readonly byteMs: number;
}

/** How rows of different size along the first dimension are made alike. */
export interface Padding {
  /** Those that a row is padded to, lowest first. */
  readonly sizes: readonly number[];
  /** Of each element that is added. */
  readonly value: number;
  /** The input that says which elements are the caller's, 1 or 0; callers do not send it. @default none */
  readonly mask?: { readonly name: string };
}

/** A loaded, checked and warmed-up model version. */
export interface ReadyModel {
  readonly spec: ModelSpec;
  readonly engineModel: EngineModel;
  /** The engine that computes it, such as `tfjs-native`. */
  readonly engine: string;
  readonly warmUp: WarmUp;
  /**
   * Whether a row's answer is independent of the other rows in its batch. `alone`: it is not, so each row runs alone.
   * `unknown`: the test was not possible. Undefined: not tested.
   */
  readonly rows?: 'independent' | 'alone' | 'unknown';
  /** Whether its answers were finite when it was tried: to zeros, and to made-up rows. Undefined: not tried. */
  readonly finite?: boolean;
  /** Maximum rows per batch, when below the hub's: 1 when answers depend on the other rows of the batch. */
  readonly maxBatchRows?: number;
  /** Of a model with open sizes (shared/tensor.ts): the model at those of a request, by dimension; or why not. */
  at?(sizes: readonly number[]): ReadyModel | WireError;
  /** Of such a model: how inputs are padded before that. @default not at all */
  readonly padding?: Padding;
}

/** Looks up the model a request names: `name`, `name@version`, or undefined for the default. Costs one map lookup. */
export interface ModelDirectory {
  resolve(reference: string | undefined): ReadyModel | WireError;
  /** The model of every request, whatever it names, when there is only one. */
  readonly only?: ReadyModel | undefined;
}

/** The public part of a spec. */
export function describeModel(spec: ModelSpec): ModelDescription {
  const { name, version, labels } = spec;
  const [inputs, outputs] = [spec.inputs.map(shown), spec.outputs.map(shown)];
  return labels === undefined ? { name, version, inputs, outputs } : { name, version, inputs, outputs, labels };
}

function shown<Spec extends InputSpec>(spec: Spec): Spec {
  return spec.shape.some((size) => size < 0) ? { ...spec, shape: spec.shape.map((size) => Math.max(size, -1)) } : spec;
}
