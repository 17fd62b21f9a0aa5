/** What happens in the hub, for logs and metrics. The core does not log. */

import type { ErrorCode, WireError } from '../../shared/errors.js';
import type { ModelSpec } from './model-spec.js';
import type { Origin } from './origin.js';

export interface HubEvents {
  /** A request that was refused; it was never accepted. */
  refused: { readonly error: WireError; readonly origin: Origin };
  /** A batch that ended. `queueMs` is the wait of its oldest row. */
  batch: {
    readonly model: ModelSpec;
    readonly rows: number;
    readonly queueMs: number;
    /** From posting to completion. */
    readonly tookMs: number;
    /** Time the model took, in microseconds; 0 when it failed. */
    readonly inferUs: number;
    readonly status: 'done' | 'failed' | 'lost';
    readonly reason: string | undefined;
  };
  /** A single row on which the engine failed. */
  poison: { readonly model: ModelSpec; readonly reason: string };
  /** A settle function or a listener threw: a bug in a transport. */
  fault: { readonly cause: unknown };
  /** The hub's state changed. */
  state: { readonly state: HubState };
}

export type HubState = 'ready' | 'draining' | 'closed';

export type HubListener = <Name extends keyof HubEvents>(name: Name, event: HubEvents[Name]) => void;

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
