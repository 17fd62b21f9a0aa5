/** Whether a request may come in: pure, so that the rule reads in one place. */

import { type WireError, wireError } from '../../shared/errors.js';

export interface AdmissionView {
  readonly rows: number;
  readonly timeoutMs: number;
  /** Rows of this origin in flight, and its credit. */
  readonly originRows: number;
  readonly maxInFlightRows: number;
  /** True when the model's queue has room for the rows. */
  readonly hasRoom: boolean;
  readonly expectedWaitMs: number;
}

/** Longest advice to wait, in milliseconds: the estimate of a jammed queue says little. */
const MAX_RETRY_AFTER_MS = 10_000;

/** Undefined to accept, else why not and when to come back. */
export function admit(view: AdmissionView): WireError | undefined {
  const retryAfterMs = Math.min(MAX_RETRY_AFTER_MS, Math.max(1, Math.ceil(view.expectedWaitMs)));
  if (view.originRows + view.rows > view.maxInFlightRows) {
    const message = `this connection has ${view.originRows} rows unanswered and may have ${view.maxInFlightRows}; wait for answers before sending ${view.rows} more`;
    return wireError('OVERLOADED', message, retryAfterMs);
  }
  if (!view.hasRoom) return wireError('OVERLOADED', 'the queue is full; retry after retryAfterMs', retryAfterMs);
  if (view.expectedWaitMs > view.timeoutMs) {
    const message = `the expected wait is ${Math.ceil(view.expectedWaitMs)} ms, more than timeoutMs ${view.timeoutMs}; retry after retryAfterMs`;
    return wireError(
      'OVERLOADED',
      message,
      Math.min(MAX_RETRY_AFTER_MS, Math.max(1, Math.ceil(view.expectedWaitMs - view.timeoutMs))),
    );
  }
  return undefined;
}
