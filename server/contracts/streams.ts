/**
 * What hub and transports need of streams; implemented in `streams/`. The hub casts predictions into them, a transport lets its
 * connections view them.
 */

import type { WireError } from '../../shared/errors.js';
import type { SubscribePlan } from '../../shared/parse-stream.js';
import type { Prediction, ReceiptParts, RequestId } from '../../shared/protocol.js';
import type { PaceRequest, StreamDescription, StreamWindow, Subscribed } from '../../shared/stream-protocol.js';
import type { ModelSpec } from './model.js';

/** A prediction to be cast: one row of a request. */
export interface CastPrediction extends Prediction {
  readonly label?: string;
  readonly score?: number;
}

/** Of which request a prediction is. */
export interface CastSource {
  /** Public mark of the session. */
  readonly from: string;
  /** Of the request, where its session outlives its connection. */
  readonly id: RequestId | undefined;
  /** Place in a request that was a batch. */
  readonly row: number | undefined;
  /** With a text model. */
  readonly text: string | undefined;
  readonly receipt: ReceiptParts | undefined;
}

/** One stream, to publish to. */
export interface CastTarget {
  publish(prediction: CastPrediction, source: CastSource): void;
  /** Counts predictions that would have been cast, had the model had an answer. */
  fail(count: number): void;
}

/** All streams, to publish to. */
export interface StreamPublisher {
  /** The stream of this name, made when it is not there; or why it cannot be had for this model. */
  open(stream: string, model: ModelSpec): CastTarget | WireError;
}

/** An event that goes to many connections: its payload is encoded once. */
export interface SharedEvent {
  readonly name: 'cast' | 'aggregate' | 'gap' | 'unsubscribed' | 'status';
  /** The payload as JSON. */
  readonly json: string;
  /** What a transport made of it, kept for the next connection. */
  encoded: unknown;
}

/** One connection, as streams see it. */
export interface ViewerSink {
  send(event: SharedEvent): void;
  /** Bytes sent and not taken by the connection yet. */
  readonly unreadBytes: number;
}

/** All subscriptions of one connection. */
export interface ConnectionSubscriptions {
  /** Answers at once; frames come only after `begin` was called. */
  subscribe(plan: SubscribePlan): { readonly subscribed: Subscribed; readonly begin: () => void } | WireError;
  unsubscribe(stream: string): WireError | undefined;
  pace(request: PaceRequest): WireError | undefined;
  watch(on: boolean): void;
  /** The connection is gone. */
  close(): void;
}

/** All streams, to view. */
export interface StreamSubscriptions {
  views(sink: ViewerSink): ConnectionSubscriptions;
  list(): readonly StreamDescription[];
  /** Past windows of a stream; undefined when there is no such stream or none of this length are kept. */
  windows(stream: string, windowMs: number): StreamPast | undefined;
}

/** Windows that a stream keeps, oldest first, without samples. */
export interface StreamPast {
  readonly stream: string;
  readonly epoch: string;
  readonly model: string;
  readonly windowMs: number;
  readonly windows: readonly StreamWindow[];
}
