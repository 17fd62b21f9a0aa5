/** What happens in the hub, for logs and metrics. The core does not log. */

import type { ErrorCode, WireError } from '../../../shared/errors.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { Outcome } from '../../contracts/outcome.js';
import type { Origin, Pending } from './request.js';

export type HubEvent =
  /** A request that was refused; it was never accepted. */
  | {
      readonly type: 'refused';
      readonly error: WireError;
      readonly origin: Origin;
      /** The model it was for, where that is known. */
      readonly model: ModelSpec | undefined;
    }
  | SettledEvent
  | BatchEvent
  /** A single row on which the engine failed. */
  | { readonly type: 'poison'; readonly model: ModelSpec; readonly reason: string }
  /** A settle function threw: a bug in a transport. */
  | { readonly type: 'fault'; readonly cause: unknown }
  /** The hub's state changed. */
  | { readonly type: 'state'; readonly state: HubState };

/** An accepted request that has got its answer. Comes with every request: whoever listens must be quick. */
export interface SettledEvent {
  readonly type: 'settled';
  readonly pending: Pending;
  /** Its output is only valid during the call. */
  readonly outcome: Outcome;
}

/** A batch that ended. */
export interface BatchEvent {
  readonly type: 'batch';
  readonly model: ModelSpec;
  readonly rows: number;
  /** The wait of its oldest row, in milliseconds. */
  readonly queueMs: number;
  /** From posting to completion, in milliseconds. */
  readonly tookMs: number;
  /** Time the model took, in microseconds; 0 when it failed. */
  readonly inferUs: number;
  readonly status: 'done' | 'failed' | 'lost';
  readonly reason: string | undefined;
}

export type HubState = 'ready' | 'draining' | 'closed';

export type HubListener = (event: HubEvent) => void;

/** Counts since the start, as plain numbers. */
export interface HubStats {
  accepted: number;
  settled: number;
  refused: number;
  /** Answered with a prediction. */
  predicted: number;
  /** Settled or refused with each code. */
  errors: Partial<Record<ErrorCode, number>>;
  batches: number;
  /** Rows that were run; with `batches` the mean batch. */
  rows: number;
}
