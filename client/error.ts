/** The SDK's only error, recognised by its code and not by its class: a program may hold two copies of this package. */

import { type ErrorCode, isErrorCode, type WireError, wireError } from '../shared/errors.js';

/** The rejection of every failed call. `cause` holds the reason of an abort, or the underlying error. */
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

  /** A program may load this class twice, by `import` and by `require`: `instanceof` goes by the code too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a class derived from this one inherits the method, not the rule
    return this === TickcastError ? isTickcastError(value) : super[Symbol.hasInstance](value);
  }
}

/**
 * The error anew, to be thrown by an async function after its `await`: it then holds the lines of those that await it,
 * which the engine knows. Nothing is recorded when a call is made, which would cost as much as the call; and one error
 * may end many calls.
 */
export function atCaller(error: unknown): unknown {
  // The error stands for its own options: they hold its cause, if it has one.
  return error instanceof TickcastError ? new TickcastError(error, error) : error;
}

/** True for an error of this SDK, whichever copy of the package created it. */
export function isTickcastError(value: unknown): value is TickcastError {
  return value instanceof Error && 'code' in value && isErrorCode(value.code) && 'retryable' in value;
}

/** An error raised by the client itself. */
export function localError(code: ErrorCode, message: string, cause?: unknown): TickcastError {
  return new TickcastError(wireError(code, message), cause === undefined ? undefined : { cause });
}
