/** The one error of the SDK. It is recognised by its code, never by its class: a page may hold two copies of this package. */

import { type ErrorCode, isErrorCode, type WireError, wireError } from '../shared/errors.js';

/** What a prediction that failed is rejected with. `cause` holds the reason of an abort, or the fault below. */
export class TickcastError extends Error implements WireError {
  readonly code: ErrorCode;
  /** True when the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  declare readonly retryAfterMs?: number;

  constructor(error: WireError, options?: ErrorOptions) {
    super(error.message, options);
    this.name = 'TickcastError';
    this.code = error.code;
    this.retryable = error.retryable;
    if (error.retryAfterMs !== undefined) this.retryAfterMs = error.retryAfterMs;
  }
}

/** True for an error of this SDK, whichever copy of the package made it. */
export function isTickcastError(value: unknown): value is TickcastError {
  return value instanceof Error && 'code' in value && isErrorCode(value.code) && 'retryable' in value;
}

/** An error that arose on this side of the wire. */
export function localError(code: ErrorCode, message: string, cause?: unknown): TickcastError {
  return new TickcastError(wireError(code, message), cause === undefined ? undefined : { cause });
}
