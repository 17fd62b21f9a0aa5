/**
 * A runtime runs models: the seam between the engine and a machine-learning library. It lives in an engine thread; the
 * main thread only uses it to read files. Knows no threads and no messages.
 */

import type { BatchSpecs, BatchViews } from '../../shared/batch-layout.js';
import type { InputSpec } from '../../shared/tensor.js';
import type { ModelSource } from './model-loader.js';

/** An input of a session. `open`: its runs may have a smaller first inner dimension, see {@link DeclaredInput.open}. */
export type SessionInput = InputSpec & { readonly open?: boolean };

/**
 * What an open session describes: its inputs, at most one of them a text, its outputs, and its engine. Shapes are `[d1,
 * ..., dn]` without the batch dimension. Checked once, at load.
 */
export interface SessionDescription extends BatchSpecs {
  readonly inputs: readonly SessionInput[];
  /** The engine that computes, such as `tfjs-wasm`; shown in receipts. Visible ASCII without quotes. */
  readonly engine: string;
  /** Why that engine, for people. */
  readonly why: string;
  /** Which of the runtime's names applies, when the manifest does not say. @default the manifest's */
  readonly runtime?: string;
}

/** One loaded model. Its runs never overlap: the caller awaits one before it starts the next. */
export interface ModelSession {
  describe(): SessionDescription;
  /**
   * Fills `views.outputs` from `views.inputs`, each `[rows, d1, ..., dn]` in row-major order. Throws when the model
   * does. Must not keep a view after returning, since the buffer goes back to the caller. Returns a promise only when
   * the model cannot run synchronously.
   */
  run(views: BatchViews, rows: number): void | Promise<void>;
  /** Frees the model's memory. */
  dispose(): void;
}

/** What a session is opened from: the source, and the result of {@link Runtime.readFiles}. */
export interface SessionSource extends ModelSource {
  /** Undefined for a runtime that reads its folder itself. */
  readonly files: unknown;
}

/** The result of {@link Runtime.openSession}. */
export type SessionOpening =
  | { readonly ok: true; readonly session: ModelSession }
  /** One line for the operator. */
  | { readonly ok: false; readonly problem: string };

/** The result of {@link Runtime.readFiles}. */
export type FilesReading =
  | { readonly ok: true; readonly files: unknown }
  /** One line for the operator. */
  | { readonly ok: false; readonly problem: string };

/** A runtime's memory use in its thread. */
export interface RuntimeMemory {
  readonly numTensors: number;
  readonly numBytes: number;
}

/** A way to run models. See docs/embedding.md for how to write one. */
export interface Runtime {
  /**
   * The values of a manifest's `runtime` that select it: at most 32 lower-case letters, digits and "-", a letter first.
   */
  readonly names: readonly string[];
  /**
   * Reads a model's files in the main thread, once for all engine threads, so that a replacement thread loads the same
   * content even if the files have changed. Each thread receives the result by `postMessage`; a `SharedArrayBuffer` is
   * not copied.
   */
  readFiles?(source: ModelSource): Promise<FilesReading>;
  /** Loads a model. An exception counts as a problem of the model. */
  openSession(source: SessionSource): SessionOpening | Promise<SessionOpening>;
  memory?(): RuntimeMemory;
}

/**
 * What a runtime's module exports. Importing it must be cheap and load no native code, because the main thread imports
 * it too; `openSession` imports the library.
 */
export interface RuntimeModule {
  readonly runtime: Runtime;
}
