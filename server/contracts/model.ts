/** A model version as the core sees it, and the directory in which the hub looks it up. */

import type { WireError } from '../../shared/errors.js';
import type { ModelDescription } from '../../shared/protocol.js';
import type { InputSpec, TensorSpec } from '../../shared/tensor.js';
import type { EngineModel } from './engine.js';

/** What is known of a model version once it is loaded. */
export interface ModelSpec {
  readonly name: string;
  readonly version: string;
  /** `name@version`, as it stands in answers and messages. */
  readonly ref: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly labels: readonly string[] | undefined;
  /** Most characters (UTF-16 units) of one text. */
  readonly maxTextLength: number;
}

/** First guess of a batch's cost, from the warm-up runs: `overheadMs + rowMs * rows + byteMs * textBytes`. */
export interface WarmUp {
  readonly overheadMs: number;
  readonly rowMs: number;
  readonly byteMs: number;
}

/** A loaded, checked and warmed-up model version. */
export interface ReadyModel {
  readonly spec: ModelSpec;
  readonly engineModel: EngineModel;
  /** What computes it, such as `tfjs-native`. */
  readonly engine: string;
  readonly warmUp: WarmUp;
  /**
   * Whether the answer to a row is the same whatever other rows are in its batch: it is; it is not, and each is run alone; it could not be
   * tried. Undefined: nobody tried.
   */
  readonly rows?: 'independent' | 'alone' | 'unknown';
  /** Most rows of a batch, where the model allows fewer than the hub: 1 when an answer depends on the other rows of its batch. */
  readonly maxBatchRows?: number;
}

/** Looks up the model a request names (`name`, `name@version`, or undefined for the default). One map look-up. */
export interface ModelDirectory {
  resolve(reference: string | undefined): ReadyModel | WireError;
  /** The model that every request is for, whatever it names: the only one there is. */
  readonly only?: ReadyModel | undefined;
}

/** The part of a spec that callers see. */
export function describeModel(spec: ModelSpec): ModelDescription {
  const { name, version, inputs, outputs, labels } = spec;
  return labels === undefined ? { name, version, inputs, outputs } : { name, version, inputs, outputs, labels };
}
