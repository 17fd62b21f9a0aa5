/** Hard limits of the protocol: the same on both ends, whatever a hub is configured to. */

/** Most characters (UTF-16 units) of a request id given as a string. */
export const MAX_ID_LENGTH = 64;
/** A model name of at most 64 characters, as it stands in a path and on the wire. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** A model version: digits, no leading zero. */
export const MODEL_VERSION = /^[1-9][0-9]{0,8}$/;
/** What an adapter is called, and a runtime in a manifest: `@tickcast/<name>` is its package. */
export const ADAPTER_NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** Longest `timeoutMs` a request may ask for, in milliseconds. */
export const MAX_TIMEOUT_MS = 60_000;
/** `timeoutMs` of a request that names none, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 10_000;
/** Deepest nesting a tensor input may have: the rank of an example and one batch dimension. */
export const MAX_RANK = 8;

/** A stream name: letters, digits, `.`, `_`, `-` and `/`, beginning with a letter or a digit; 1 to 64 characters. */
export const STREAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;
/** Most characters of the key of a request. */
export const MAX_KEY_LENGTH = 64;
/** Slowest and fastest pace of a viewer, in frames a second. */
export const MIN_FRAME_RATE = 0.1;
export const MAX_FRAME_RATE = 60;
/** Pace of a `sample` viewer that names none, in frames a second. */
export const DEFAULT_SAMPLE_RATE = 4;
/** Windows are this long or a multiple of it, in milliseconds. */
export const WINDOW_STEP_MS = 250;
/** Longest window, in milliseconds. */
export const MAX_WINDOW_MS = 60_000;
export const DEFAULT_WINDOW_MS = 1_000;
/** Most items or windows that a viewer may ask for at once. */
export const MAX_HISTORY = 1_000;
export const DEFAULT_HISTORY = 20;
export const DEFAULT_WINDOW_HISTORY = 60;
/** Most characters (UTF-16 units) of a text that an item carries. */
export const MAX_CAST_TEXT = 2_000;
/** Most items of one `cast` frame. */
export const MAX_FRAME_ITEMS = 100;

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

/** Tokens of a text that an explanation tells of, each of which costs a row; what follows them has no weight. */
export const MAX_EXPLAINED_TOKENS = 56;
