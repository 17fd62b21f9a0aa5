/** Hard limits of the protocol: the same on both ends, whatever a hub is configured to. */

/** Most characters (UTF-16 units) of a request id given as a string. */
export const MAX_ID_LENGTH = 64;
/** Most characters of a model name; also in {@link MODEL_NAME}. */
export const MAX_NAME_LENGTH = 64;
/** A model name, as it stands in a path and on the wire. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** A model version: digits, no leading zero. */
export const MODEL_VERSION = /^[1-9][0-9]{0,8}$/;
/** Longest `timeoutMs` a request may ask for, in milliseconds. */
export const MAX_TIMEOUT_MS = 60_000;
/** `timeoutMs` of a request that names none, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 10_000;
/** Deepest nesting a tensor input may have: the rank of an example and one batch dimension. */
export const MAX_RANK = 8;

/** The limits of one hub, sent in `hello`. Sizes in bytes, counts in rows (one row = one example). */
export interface HubLimits {
  /** Largest message the transport carries; a larger one closes the connection. */
  readonly maxFrameBytes: number;
  /** Largest JSON text of one `predict` event; a larger one is answered TOO_LARGE. */
  readonly maxJsonBytes: number;
  /** Most rows of one request. */
  readonly maxRequestRows: number;
  /** Most rows one connection may have unanswered: its credit. */
  readonly maxInFlightRows: number;
  /** Most characters (UTF-16 units) of one text. */
  readonly maxTextLength: number;
}
