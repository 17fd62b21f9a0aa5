/** Hard limits of the protocol: the same on both ends, whatever the hub's configuration. */

/** Maximum length of a request id given as a string, in UTF-16 units. */
export const MAX_ID_LENGTH = 64;
/** A model name of at most 64 characters, as used in paths and on the wire. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** A model version: digits, no leading zero. */
export const MODEL_VERSION = /^[1-9][0-9]{0,8}$/;
/** What an adapter is called, and a runtime in a manifest: `@tickcast/<name>` is its package. */
export const ADAPTER_NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** The same in words. */
export const ADAPTER_NAME_FORM = 'at most 32 lower-case letters, digits and "-", a letter first';
/** Longest `timeoutMs` a request may ask for, in milliseconds. */
export const MAX_TIMEOUT_MS = 60_000;
/** Default `timeoutMs` of a request, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 10_000;
/** Maximum nesting of a tensor input: the rank of an example plus the batch dimension. */
export const MAX_RANK = 8;

/** A stream name: letters, digits, `.`, `_`, `-` and `/`, beginning with a letter or a digit; 1 to 64 characters. */
export const STREAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;
/** Maximum length of a request's key, in UTF-16 units. */
export const MAX_KEY_LENGTH = 64;
/** Maximum length of a request's `subject`. */
export const MAX_SUBJECT_LENGTH = 128;
/** Minimum and maximum pace of a viewer, in frames per second. */
export const MIN_FRAME_RATE = 0.1;
export const MAX_FRAME_RATE = 60;
/** Default pace of a `sample` viewer, in frames per second. */
export const DEFAULT_SAMPLE_RATE = 4;
/** Window lengths are multiples of this, in milliseconds. */
export const WINDOW_STEP_MS = 250;
/** Maximum window length, in milliseconds. */
export const MAX_WINDOW_MS = 60_000;
export const DEFAULT_WINDOW_MS = 1_000;
/** Maximum number of past items or windows a viewer may request. */
export const MAX_HISTORY = 1_000;
export const DEFAULT_HISTORY = 20;
export const DEFAULT_WINDOW_HISTORY = 60;
/** Maximum length of a text carried by an item, in UTF-16 units. */
export const MAX_CAST_TEXT = 2_000;
/** Maximum number of items in one `cast` frame. */
export const MAX_FRAME_ITEMS = 100;

/** The limits of one hub, sent in `hello`. Sizes are in bytes, counts in rows (one row is one example). */
export interface HubLimits {
  /** Maximum message size of the transport, in bytes; a larger message closes the connection. */
  readonly maxFrameBytes: number;
  /** Maximum JSON size of one `predict` event, in bytes; a larger one is answered TOO_LARGE. */
  readonly maxJsonBytes: number;
  /** Maximum rows per request. */
  readonly maxRequestRows: number;
  /** Maximum unanswered rows per connection: its credit. */
  readonly maxInFlightRows: number;
  /** Maximum length of one text, in UTF-16 units. */
  readonly maxTextLength: number;
}

/** Maximum tokens covered by an explanation. Each costs a row; later tokens get no weight. */
export const MAX_EXPLAINED_TOKENS = 56;
