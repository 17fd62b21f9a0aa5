/** What the hub needs from an engine. Implemented in `engine/` and `testing/`. */

import type { BatchSpecs } from '../../shared/batch-layout.js';

/** A loaded model, identified by the engine's own handle. */
export interface EngineModel extends BatchSpecs {
  readonly handle: number;
  /** The open sizes of the model's own specs, in the specs here. @default none is open */
  readonly sizes?: readonly number[];
}

/** Rows packed for one run; the layout of `buffer` is defined in shared/batch-layout.ts. */
export interface PackedBatch {
  readonly rows: number;
  /** Transferred to the engine: the caller must not touch it after `run`. */
  readonly buffer: ArrayBuffer;
  /** Time after which this run counts as hung, in milliseconds from posting. */
  readonly hangMs: number;
}

/** The result of a run. `failed`: the model threw. `lost`: its thread died, or hung and was replaced. */
export type BatchOutcome =
  | {
      readonly status: 'done';
      /** The batch's own buffer, with its outputs filled in. */
      readonly buffer: ArrayBuffer;
      /** Time in the model, featurising included, in microseconds. */
      readonly inferUs: number;
    }
  | { readonly status: 'failed' | 'lost'; readonly reason: string };

/** Runs batches, at most `slots` at a time. A run always settles and never rejects. */
export interface Engine {
  readonly slots: number;
  run(model: EngineModel, batch: PackedBatch): Promise<BatchOutcome>;
}
