/** Messages between the main thread and an engine thread. Types only; both sides switch over `type` exhaustively. */

import type { SessionSource } from '../../contracts/runtime.js';
import type { HostedModel, HostStats } from '../session/session-host.js';
import type { TfjsSettings } from '../tfjs/tfjs-settings.js';

/** Passed to a thread when it starts. */
export interface WorkerSettings extends TfjsSettings {
  /** File URLs of modules that export a {@link Runtime}. */
  readonly runtimeModules: readonly string[];
}

/** Handled strictly in order, one at a time. */
export type ToWorker =
  | { readonly type: 'load'; readonly handle: number; readonly source: SessionSource }
  | { readonly type: 'unload'; readonly handle: number }
  /** `buffer` is transferred, and returns with `done`. */
  | {
      readonly type: 'run';
      readonly batchId: number;
      readonly handle: number;
      readonly rows: number;
      readonly buffer: ArrayBuffer;
      readonly sizes?: readonly number[];
    }
  | { readonly type: 'stats' }
  /** The thread ends after everything posted before. */
  | { readonly type: 'close' };

export type FromWorker =
  /** Ready for messages. */
  | { readonly type: 'hello' }
  /** Cannot start, and never will. The thread ends. */
  | { readonly type: 'unusable'; readonly problem: string }
  | { readonly type: 'loaded'; readonly handle: number; readonly model: HostedModel }
  | { readonly type: 'load-failed'; readonly handle: number; readonly problem: string }
  | { readonly type: 'done'; readonly batchId: number; readonly buffer: ArrayBuffer; readonly inferUs: number }
  | { readonly type: 'failed'; readonly batchId: number; readonly reason: string }
  | { readonly type: 'stats'; readonly stats: HostStats };
