/** What runs one model: the contract between the engine and each runtime. Knows no thread, no message and no TensorFlow. */

import type { BatchSpecs, BatchViews } from '../../../shared/batch-layout.js';
import type { ModelSource } from '../../contracts/model-loader.js';
import type { ModelFiles } from '../tfjs/model-files.js';

/** What a session says of itself once it is open. */
export interface SessionDescription extends BatchSpecs {
  /** What computes, such as `tfjs-wasm`. */
  readonly engine: string;
  /** Why that one, for people. */
  readonly why: string;
}

/** One loaded model. Its runs do not overlap: the caller waits for one before it starts the next. */
export interface ModelSession {
  describe(): SessionDescription;
  /**
   * Fills `views.outputs` from `views.inputs`. Throws when the model does; keeps no view once it has returned, as the buffer under them goes
   * back to the caller. Answers a promise only when the model cannot run synchronously.
   */
  run(views: BatchViews, rows: number): void | Promise<void>;
  dispose(): void;
}

/** What a session is opened from: the source and, for TensorFlow.js models, the bytes of its files. */
export interface SessionSource extends ModelSource {
  readonly files: ModelFiles | undefined;
}

export type SessionOpening =
  | { readonly ok: true; readonly session: ModelSession }
  | { readonly ok: false; readonly problem: string };

/** A way to run models. A module given as a session module exports these two names. */
export interface Runtime {
  readonly runtime: string;
  openSession(source: SessionSource): SessionOpening | Promise<SessionOpening>;
}
