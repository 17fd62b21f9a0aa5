/**
 * What runs models: the seam between the engine and a machine-learning library. A runtime lives in an engine thread; the hub's own thread
 * only reads files for it. Knows no thread and no message.
 */

import type { BatchSpecs, BatchViews } from '../../shared/batch-layout.js';
import type { ModelSource } from './model-loader.js';

/** What a session says of itself once it is open: its inputs and outputs, without the batch dimension, and what computes. */
export interface SessionDescription extends BatchSpecs {
  /** What computes, such as `tfjs-wasm`; receipts carry it. */
  readonly engine: string;
  /** Why that one, for people. */
  readonly why: string;
  /** By which of the runtime's names, where the manifest does not say. @default the manifest's */
  readonly runtime?: string;
}

/** One loaded model. Its runs do not overlap: the caller waits for one before it starts the next. */
export interface ModelSession {
  describe(): SessionDescription;
  /**
   * Fills `views.outputs` from `views.inputs`, each `[rows, ...shape]`, row after row. Throws when the model does; keeps no view once it has
   * returned, as the buffer under them goes back to the caller. Answers a promise only when the model cannot run synchronously.
   */
  run(views: BatchViews, rows: number): void | Promise<void>;
  /** Frees what the model holds. */
  dispose(): void;
}

/** What a session is opened from: the source, and what {@link Runtime.readFiles} made of it. */
export interface SessionSource extends ModelSource {
  /** Undefined for a runtime that reads its folder itself. */
  readonly files: unknown;
}

export type SessionOpening =
  | { readonly ok: true; readonly session: ModelSession }
  /** One line for the operator. */
  | { readonly ok: false; readonly problem: string };

export type FilesReading =
  | { readonly ok: true; readonly files: unknown }
  /** One line for the operator. */
  | { readonly ok: false; readonly problem: string };

/** What a runtime holds in its thread. */
export interface RuntimeMemory {
  readonly numTensors: number;
  readonly numBytes: number;
}

/** A way to run models. */
export interface Runtime {
  /** What a manifest's `runtime` says for it. */
  readonly names: readonly string[];
  /**
   * Reads a model's files, in the hub's own thread, once for all engine threads: a thread that replaces another one loads what that had,
   * whatever has become of the files. The result is given to each thread as `postMessage` does; a `SharedArrayBuffer` is not copied.
   */
  readFiles?(source: ModelSource): Promise<FilesReading>;
  /** Loads a model. What it throws is the model's problem too. */
  openSession(source: SessionSource): SessionOpening | Promise<SessionOpening>;
  memory?(): RuntimeMemory;
}

/**
 * What a module exports that brings a runtime. Importing it must be cheap and load no native code: it is imported by the hub's own thread too. The
 * library is imported by `openSession`.
 */
export interface RuntimeModule {
  readonly runtime: Runtime;
}
