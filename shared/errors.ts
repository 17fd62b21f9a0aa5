/** The single table of errors, from which Socket.IO, REST, the SDK, logs and docs are derived. */

/** What a code means to each transport and to the caller. */
export interface ErrorKind {
  /** HTTP status of a REST answer. */
  readonly status: number;
  /** True when the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** One sentence for people; printed in the docs. */
  readonly meaning: string;
}

/** Status, retryability and meaning of each error code. */
export const ERRORS = {
  INVALID_INPUT: {
    status: 400,
    retryable: false,
    meaning: 'The request does not have the form that the model or the protocol expects.',
  },
  UNAUTHENTICATED: { status: 401, retryable: false, meaning: 'No valid credentials were given.' },
  FORBIDDEN: { status: 403, retryable: false, meaning: 'The caller, or the page it comes from, may not do this.' },
  NOT_FOUND: { status: 404, retryable: false, meaning: 'There is no such route or stream.' },
  MODEL_NOT_FOUND: { status: 404, retryable: false, meaning: 'There is no such model or version.' },
  DUPLICATE_ID: {
    status: 409,
    retryable: false,
    meaning: 'A request with this id is still in flight; that one goes on.',
  },
  NOT_SUBSCRIBED: { status: 404, retryable: false, meaning: 'This connection has no subscription to that stream.' },
  ALREADY_SUBSCRIBED: {
    status: 409,
    retryable: false,
    meaning: 'This connection has a subscription to that stream; it goes on.',
  },
  STREAM_CONFLICT: { status: 409, retryable: false, meaning: 'The stream carries predictions of another model.' },
  SUPERSEDED: { status: 409, retryable: false, meaning: 'A newer request with the same key took this one’s place.' },
  TOO_LARGE: { status: 413, retryable: false, meaning: 'The request is over a limit in bytes, rows or characters.' },
  NOT_FINITE: {
    status: 422,
    retryable: false,
    meaning:
      'The model’s answer to this input has NaN or infinity where a number belongs; the message names output and rows.',
  },
  PROTOCOL_MISMATCH: {
    status: 426,
    retryable: false,
    meaning: 'Hub and client speak no common version of the protocol.',
  },
  RATE_LIMITED: { status: 429, retryable: true, meaning: 'This caller sends more than it may.' },
  SLOW_VIEWER: {
    status: 429,
    retryable: true,
    meaning: 'The viewer did not read what it was sent; the hub ended its subscription.',
  },
  TOO_MANY_STREAMS: {
    status: 429,
    retryable: true,
    meaning: 'No room for another stream, or for another subscription of this connection.',
  },
  CANCELLED: { status: 499, retryable: false, meaning: 'The caller cancelled the request.' },
  INTERNAL: {
    status: 500,
    retryable: false,
    meaning: 'A fault in the hub, or a connection that was lost too often while sending.',
  },
  ENGINE_FAILED: { status: 500, retryable: true, meaning: 'The engine failed on this input.' },
  OVERLOADED: {
    status: 503,
    retryable: true,
    meaning: 'Refused before it was queued: the queue, the credit or the expected wait is over its limit.',
  },
  MODEL_LOADING: { status: 503, retryable: true, meaning: 'The model is being loaded.' },
  DRAINING: { status: 503, retryable: true, meaning: 'The hub is shutting down and takes no new requests.' },
  DEADLINE_EXCEEDED: { status: 504, retryable: true, meaning: 'Accepted, but not answered within timeoutMs.' },
} as const satisfies Record<string, ErrorKind>;

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** An error as sent on the wire. */
export interface WireError {
  readonly code: ErrorCode;
  /** What was wrong, what was expected and what to do. */
  readonly message: string;
  readonly retryable: boolean;
  /** For a retryable error: how long to wait before retrying, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A wire error with the `retryable` of its code. */
export function wireError(code: ErrorCode, message: string, retryAfterMs?: number): WireError {
  const { retryable } = ERRORS[code];
  return retryAfterMs === undefined ? { code, message, retryable } : { code, message, retryable, retryAfterMs };
}

/** True when the value is a code of the table. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
