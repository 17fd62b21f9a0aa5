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
  /** Maximum rows per batch, when below the hub's: 1 when answers depend on the other rows of the batch. */
  readonly maxBatchRows?: number;
}

/** Looks up the model a request names: `name`, `name@version`, or undefined for the default. Costs one map lookup. */
export interface ModelDirectory {
  resolve(reference: string | undefined): ReadyModel | WireError;
  /** The model of every request, whatever it names, when there is only one. */
  readonly only?: ReadyModel | undefined;
}

/** The public part of a spec. */
export function describeModel(spec: ModelSpec): ModelDescription {
  const { name, version, inputs, outputs, labels } = spec;
  return labels === undefined ? { name, version, inputs, outputs } : { name, version, inputs, outputs, labels };
}
