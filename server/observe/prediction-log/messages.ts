/** Messages between the main thread and the prediction log's thread. Types only; both sides switch over `type`. */

import type { DType } from '../../../shared/tensor.js';

/** What a line holds of an input: nothing, its SHA-256, or the beginning of it as received. */
export type InputMode = 'none' | 'hash' | 'plain';

/** Passed to the thread when it starts. */
export interface LogWorkerSettings {
  readonly folder: string;
  readonly maxFileBytes: number;
  readonly rotateMs: number;
  readonly keepFiles: number;
  /** Age beyond which no line is kept, in milliseconds; undefined: by number alone. */
  readonly keepMs: number | undefined;
  /** Sampling rate, written into each line: one row in this many is logged. 1: all. */
  readonly oneIn: number;
  readonly layout: RowLayout;
}

/** How much of the inputs the rows of a post hold. */
export interface RowLayout {
  readonly input: InputMode;
  /** Maximum length of each text, in UTF-16 units. */
  readonly maxInputChars: number;
  /** Maximum numbers of one row's tensors together. */
  readonly maxInputValues: number;
}

/** One input or output of a logged model. */
export interface LoggedTensor {
  readonly name: string;
  readonly dtype: DType | 'string';
  /** Elements of one row. */
  readonly size: number;
}

export interface LoggedModel {
  readonly ref: string;
  readonly labels: readonly string[] | undefined;
  readonly inputs: readonly LoggedTensor[];
  readonly outputs: readonly LoggedTensor[];
}

/** Rows in columns: one buffer of numbers, and one text with all strings concatenated. See row-layout.ts. */
export interface RowsMessage {
  readonly type: 'rows';
  readonly rows: number;
  /** Approximate memory use while queued, in bytes. */
  readonly bytes: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly text: string;
  /** Elements of tensors that are only hashed. */
  readonly elements: Uint8Array<ArrayBuffer>;
  readonly models: readonly LoggedModel[];
  readonly engines: readonly string[];
  /** Names of the doors used. */
  readonly vias: readonly string[];
}

export type ToLogWorker =
  | RowsMessage
  /** The thread ends after everything posted before. */
  | { readonly type: 'close' };

/** The result of one post. */
export interface WrittenMessage {
  readonly type: 'written';
  readonly rows: number;
  readonly bytes: number;
  /** Number of its rows that are in a file as whole lines; the rest is lost. */
  readonly written: number;
  /** Why lines are being lost, or old files not removed. */
  readonly problem: string | undefined;
  /** Whether this write failed, rather than an earlier one. */
  readonly failed: boolean;
}

export type FromLogWorker = { readonly type: 'hello' } | WrittenMessage;
