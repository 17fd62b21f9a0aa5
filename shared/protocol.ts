/** Payload types of requests and answers. PROTOCOL.md describes the same in prose. */

import type { WireError } from './errors.js';
import type { HubLimits } from './limits.js';
import type { DType, InputSpec, TensorSpec } from './tensor.js';

/**
 * Increased when an older peer could not understand a newer one. Each end also speaks the version before, and tells its
 * range in the handshake.
 */
export const PROTOCOL_VERSION = 1;

/** Chosen by the client and unique among its in-flight requests: a string of 1 to 64 characters or an integer >= 0. */
export type RequestId = string | number;

/** Numbers nested to any depth, `[rows, d1, ..., dn]`; a boolean stands for 0 or 1. */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/** A tensor as bytes, for Socket.IO, which drops the dtype: little-endian, row-major, shape `[rows, d1, ..., dn]`. */
export interface BinaryTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ArrayBuffer | ArrayBufferView;
}

/** The value of one input tensor, or of a text model's input. */
export type TensorInput = NestedNumbers | BinaryTensor | ArrayBufferView | ArrayBuffer | string | readonly string[];

/** The input of one request: one value, or one per named tensor for a model with several inputs. */
export type PredictInput = TensorInput | { readonly [name: string]: TensorInput };

/** Payload of `predict`. */
export interface PredictRequest {
  readonly input: PredictInput;
  readonly id?: RequestId;
  /** `name` or `name@version`. */
  readonly model?: string;
  /** Counted from receipt, in milliseconds: 1 to 60,000. @default 10000 */
  readonly timeoutMs?: number;
  /** Also casts the prediction to every subscriber of this stream. */
  readonly stream?: string;
  /**
   * Latest wins: a newer request of this session with the same key and model replaces one that is still queued. 1 to 64
   * characters.
   */
  readonly key?: string;
  /** False leaves `timing` out of the answer. @default true */
  readonly timing?: boolean;
  /**
   * True to get each token's contribution to the score of the label, for a single text. Costs one row per token.
   * @default false
   */
  readonly explain?: boolean;
  /**
   * Whom the input is about, as the caller knows them: opaque to the hub. The prediction log has its hash, by which their
   * lines can be erased. 1 to 128 characters.
   */
  readonly subject?: string;
}

/**
 * Where the time of one prediction, or of the predictions around a percentile, went, in microseconds:
 * `queue + batch + infer = total`.
 */
export interface ReceiptParts {
  /** From receipt until the batch was posted to the engine. */
  readonly queueUs: number;
  /** Packing, transfer to the engine thread and back, and waiting for this answer's turn. */
  readonly batchUs: number;
  /** The model running its batch, featurising included. */
  readonly inferUs: number;
  /** From receipt to answer, inside the hub. */
  readonly totalUs: number;
}

/** A word's effect on a score: a range of the text in UTF-16 units, and a weight. */
export interface WordWeight {
  readonly start: number;
  readonly end: number;
  /** The word's contribution to the label's score: the score minus the score without the word. */
  readonly weight: number;
}

/** Where the time of a prediction went. */
export interface Timing extends ReceiptParts {
  /** Rows in the batch it ran in; in the last batch, for a request that was split. */
  readonly batchRows: number;
  /** The engine that computed it, such as `tfjs-native`. */
  readonly engine: string;
}

/** Output values: nested numbers `[rows, d1, ..., dn]`, or one such value per named tensor. */
export type PredictionValue = NestedNumbers | { readonly [name: string]: NestedNumbers };

/** A prediction as carried by every transport. */
export interface Prediction {
  readonly prediction: PredictionValue;
  /** `name@version` of the answering model. */
  readonly model: string;
  /** For a model with labels in its manifest: the best label (one per row of a batch) and its score. */
  readonly label?: string | readonly string[];
  readonly score?: number | readonly number[];
  /** The receipt; absent when the hub has receipts disabled or the request opted out. */
  readonly timing?: Timing;
  /** For a request with `explain`: the tokens of the text, in order. */
  readonly words?: readonly WordWeight[];
}

/**
 * Identifies the request that an event answers: its id, if it had one, and the zero-based index of this connection's
 * `predict` event.
 */
export interface AnswerTo {
  readonly id?: RequestId;
  readonly n: number;
}

/** Payload of `prediction`. */
export type PredictionEvent = AnswerTo & Prediction;
/** Without `n`, it answers an event that could not be parsed at all. */
export type PredictionErrorEvent = Partial<AnswerTo> & WireError;

/** The answer to a `predict` sent with an acknowledgement callback. */
export type PredictAck = (answer: Prediction | { readonly error: WireError }) => void;

/** A model as shown to callers. */
export interface ModelDescription {
  readonly name: string;
  readonly version: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly labels?: readonly string[];
}

/** First event of a connection. */
export interface Hello {
  /** The version that this connection speaks: the newest that both ends do. */
  readonly protocol: number;
  /** The oldest and the newest version that the hub speaks; older hubs state none, and speak `protocol`. */
  readonly protocols?: readonly [oldest: number, newest: number];
  /** What the hub understands beyond the version; unknown names are to be ignored. */
  readonly capabilities?: readonly string[];
  /** The session of this connection: the one from the handshake, or the socket's own. */
  readonly session: string;
  readonly limits: HubLimits;
  readonly models: readonly ModelDescription[];
  /** `name@version` that answers requests without a model; absent when there is no default. */
  readonly defaultModel?: string;
}

/** The hub is draining: finish here, send new requests elsewhere. */
export interface Goaway {
  readonly reason: 'draining';
  /** How long the hub keeps answering, in milliseconds. */
  readonly graceMs: number;
}

/** `auth` of the Socket.IO handshake. A plain client sends none. */
export interface HandshakeAuth {
  readonly protocol?: number;
  /** The oldest and the newest version that the client speaks; replaces `protocol`. */
  readonly protocols?: readonly [oldest: number, newest: number];
  /** What the client understands beyond the version; unknown names are ignored. */
  readonly capabilities?: readonly string[];
  /** Random and known only to the client: requests survive a lost connection under it. */
  readonly session?: string;
  /** Required when the hub asks for a token. */
  readonly token?: string;
}

/** The answer to an event that asks for something other than a prediction. */
export type Reply<T> = (answer: T | { readonly error: WireError }) => void;
