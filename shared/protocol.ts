/** Payload types of requests and answers. PROTOCOL.md says the same in prose. */

import type { WireError } from './errors.js';
import type { HubLimits } from './limits.js';
import type { DType, InputSpec, TensorSpec } from './tensor.js';

/** Raised when an older peer could not understand a newer one. Sent by both ends in the handshake. */
export const PROTOCOL_VERSION = 1;

/** Chosen by the client, unique among its requests in flight: a string of 1 to 64 characters or an integer >= 0. */
export type RequestId = string | number;

/** Numbers nested to any depth; a boolean stands for 0 or 1. */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/** A tensor as bytes, because Socket.IO keeps no dtype: little-endian, row-major, batch dimension included. */
export interface BinaryTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ArrayBuffer | ArrayBufferView;
}

/** The value of one input tensor, or of a text model's input. */
export type TensorInput = NestedNumbers | BinaryTensor | ArrayBufferView | ArrayBuffer | string | readonly string[];

/** The input of one request: one value, or one for each named tensor of a model with several. */
export type PredictInput = TensorInput | { readonly [name: string]: TensorInput };

export interface PredictRequest {
  readonly input: PredictInput;
  readonly id?: RequestId;
  /** `name` or `name@version`. */
  readonly model?: string;
  /** From receipt, in milliseconds: 1 to 60,000. Default 10,000. */
  readonly timeoutMs?: number;
  /** Casts the prediction to everyone subscribed to this stream, besides answering. */
  readonly stream?: string;
  /** Latest wins: a newer request of this session with the same key and model takes the place of one that still waits. 1 to 64 characters. */
  readonly key?: string;
  /** False leaves `timing` out of the answer. @default true */
  readonly timing?: boolean;
  /** True for what each token of a single text added to the score of its label. Costs a row a token. @default false */
  readonly explain?: boolean;
}

/** Where the time of one prediction, or of the requests around a percentile, went: microseconds, `queue + batch + infer = total`. */
export interface ReceiptParts {
  /** From receipt until its batch was posted to the engine. */
  readonly queueUs: number;
  /** Packing, the way to the engine thread and back, and waiting for the answer's turn. */
  readonly batchUs: number;
  /** The model at work on its batch, featurising included. */
  readonly inferUs: number;
  /** From receipt to answer, within the hub. */
  readonly totalUs: number;
}

/** A word that moved a score: a range of the text in UTF-16 units, and by how much. */
export interface WordWeight {
  readonly start: number;
  readonly end: number;
  /** What the word added to the score of the label: the score less the score without it. */
  readonly weight: number;
}

/** Where the time of a prediction went. */
export interface Timing extends ReceiptParts {
  /** Rows of the batch it ran in; of the last one, for a request that was split. */
  readonly batchRows: number;
  /** What computed it, such as `tfjs-native`. */
  readonly engine: string;
}

/** Output values: nested numbers, or one such value for each named tensor. */
export type PredictionValue = NestedNumbers | { readonly [name: string]: NestedNumbers };

/** What a prediction carries whichever way it came. */
export interface Prediction {
  readonly prediction: PredictionValue;
  /** `name@version` of the model that answered. */
  readonly model: string;
  /** With labels in the manifest: the best label (one for each row of a batch) and its score. */
  readonly label?: string | readonly string[];
  readonly score?: number | readonly number[];
  /** The receipt; absent where the hub has receipts turned off or the request asked for none. */
  readonly timing?: Timing;
  /** For a request with `explain`: the tokens of the text, in order. */
  readonly words?: readonly WordWeight[];
}

/** Which request an event answers: its id, if it had one, and the zero-based count of this connection's `predict` events. */
export interface AnswerTo {
  readonly id?: RequestId;
  readonly n: number;
}

export type PredictionEvent = AnswerTo & Prediction;
/** Without `n`: an event that could not be read as any. */
export type PredictionErrorEvent = Partial<AnswerTo> & WireError;

/** The answer to a `predict` that came with an acknowledgement callback. */
export type PredictAck = (answer: Prediction | { readonly error: WireError }) => void;

/** A model as callers see it. */
export interface ModelDescription {
  readonly name: string;
  readonly version: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly labels?: readonly string[];
}

/** First event of a connection. */
export interface Hello {
  readonly protocol: number;
  /** The session this connection belongs to: the one given in the handshake, or the socket's own. */
  readonly session: string;
  readonly limits: HubLimits;
  readonly models: readonly ModelDescription[];
  /** `name@version` that answers requests which name no model, where there is one. */
  readonly defaultModel?: string;
}

/** The hub is draining: finish here, send new requests elsewhere. */
export interface Goaway {
  readonly reason: 'draining';
  /** How long the hub goes on answering, in milliseconds. */
  readonly graceMs: number;
}

/** `auth` of the Socket.IO handshake. A plain client sends none. */
export interface HandshakeAuth {
  readonly protocol?: number;
  /** Random and secret to the client: requests survive a lost connection under it. */
  readonly session?: string;
  /** Where the hub asks for one. */
  readonly token?: string;
}

/** The answer to an event that asks for something else than a prediction. */
export type Reply<T> = (answer: T | { readonly error: WireError }) => void;
