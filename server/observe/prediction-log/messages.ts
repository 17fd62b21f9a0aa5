/** What the hub's thread and the thread of the prediction log say to each other. Types only; both sides switch over `type`. */

import type { DType } from '../../../shared/tensor.js';

/** What a line holds of an input: nothing, its SHA-256, or the beginning of it as it came. */
export type InputMode = 'none' | 'hash' | 'plain';

/** Given to the thread when it starts. */
export interface LogWorkerSettings {
  readonly folder: string;
  readonly maxFileBytes: number;
  readonly rotateMs: number;
  readonly keepFiles: number;
  /** Stands in each line of a sample: it is one row in so many. 1: all are logged. */
  readonly oneIn: number;
  readonly layout: RowLayout;
}

/** How much of inputs the rows of a post hold. */
export interface RowLayout {
  readonly input: InputMode;
  /** Most characters (UTF-16 units) of each text. */
  readonly maxInputChars: number;
  /** Most numbers of the tensors of one row together. */
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

/** Rows in columns: one buffer of numbers, one text in which all strings stand one after the other. See row-layout.ts. */
export interface RowsMessage {
  readonly type: 'rows';
  readonly rows: number;
  /** What they take while they wait, about. */
  readonly bytes: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly text: string;
  /** Elements of tensors that are only hashed. */
  readonly elements: Uint8Array<ArrayBuffer>;
  readonly models: readonly LoggedModel[];
  readonly engines: readonly string[];
  /** The doors that they came by. */
  readonly vias: readonly string[];
}

export type ToLogWorker =
  | RowsMessage
  /** The thread ends once it has written what was posted before. */
  | { readonly type: 'close' };

/** What became of one post. */
export interface WrittenMessage {
  readonly type: 'written';
  readonly rows: number;
  readonly bytes: number;
  /** Of its rows, how many stand in a file as whole lines; the rest is lost. */
  readonly written: number;
  /** Why lines are being lost, or old files not removed. */
  readonly problem: string | undefined;
  /** Whether writing failed just now, and not only before. */
  readonly failed: boolean;
}

export type FromLogWorker = { readonly type: 'hello' } | WrittenMessage;
