/** What the hub needs from anything that computes. Implementations live in `engine/` and `testing/`. */

import type { BatchSpecs } from '../../shared/batch-layout.js';

/** A model that an engine has loaded, by the engine's own number for it. */
export interface EngineModel extends BatchSpecs {
  readonly handle: number;
}

/** Rows packed for one run; the layout of `buffer` is that of shared/batch-layout.ts. */
export interface PackedBatch {
  readonly rows: number;
  /** Transferred to the engine: the caller must not touch it after `run`. */
  readonly buffer: ArrayBuffer;
  /** How long this run may take before the engine is held to be hung, in milliseconds from when it is posted. */
  readonly hangMs: number;
}

/** How a run ended. `failed`: the model threw. `lost`: its thread died, or hung and was replaced. */
export type BatchOutcome =
  | {
      readonly status: 'done';
      /** The batch's own buffer, its outputs filled in. */
      readonly buffer: ArrayBuffer;
      /** Time the model took, featurising included, in microseconds. */
      readonly inferUs: number;
    }
  | { readonly status: 'failed' | 'lost'; readonly reason: string };

/** Runs batches, at most `slots` at a time. A run settles always, and never rejects. */
export interface Engine {
  readonly slots: number;
  run(model: EngineModel, batch: PackedBatch): Promise<BatchOutcome>;
}
