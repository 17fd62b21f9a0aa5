/**
 * What the hub and the transports need from streams; implemented in `streams/`. The hub publishes predictions; a
 * transport lets its connections view them.
 */

import type { WireError } from '../../shared/errors.js';
import type { SubscribePlan } from '../../shared/parse-stream.js';
import type { Prediction, ReceiptParts, RequestId } from '../../shared/protocol.js';
import type { PaceRequest, StreamDescription, StreamWindow, Subscribed } from '../../shared/stream-protocol.js';
import type { Allows } from './access.js';
import type { ModelSpec } from './model.js';

/** A prediction to publish: one row of a request. */
export interface CastPrediction extends Prediction {
  readonly label?: string;
  readonly score?: number;
}

/** The request that a prediction belongs to. */
export interface CastSource {
  /** Public mark of the session. */
  readonly from: string;
  /** The request's id, if its session can resume. */
  readonly id: RequestId | undefined;
  /** Row index within its request, for a batch. */
  readonly row: number | undefined;
  /** The text, for a text model, as viewers get it; and its whole length in UTF-16 units, where it was cut. */
  readonly text: string | undefined;
  readonly textLength?: number | undefined;
  readonly receipt: ReceiptParts | undefined;
}

/** What viewers get of a text: nothing, its first 2,000 characters, or all of it. */
export type TextInStreams = 'off' | 'cut' | 'full';

/** One stream, for publishing. */
export interface CastTarget {
  publish(prediction: CastPrediction, source: CastSource): void;
  /** Counts failed predictions that would otherwise have been published. */
  fail(count: number): void;
}

/** All streams, for publishing. */
export interface StreamPublisher {
  /** The stream of this name, created if necessary; or the error STREAM_CONFLICT or TOO_MANY_STREAMS. */
  open(stream: string, model: ModelSpec): CastTarget | WireError;
}

/** An event sent to many connections: its payload is encoded once. */
export interface SharedEvent {
  readonly name: 'cast' | 'aggregate' | 'gap' | 'unsubscribed' | 'status';
  /** The payload as JSON. */
  readonly json: string;
  /** A transport's encoding, cached for the next connection. */
  encoded: unknown;
}

/** One connection, as streams see it. */
export interface ViewerSink {
  send(event: SharedEvent): void;
  /** Bytes sent that the connection has not taken yet. */
  readonly unreadBytes: number;
}

/** Who watches the hub's status, and is shown its own share of it. */
export interface Audience {
  readonly seesModel: Allows;
  readonly seesStream: Allows;
  /** Its own part of what the hub does. */
  readonly usage: Readonly<Usage>;
}

/** Counted for a caller, over all its connections. */
export interface Usage {
  /** Predictions since it came. */
  readonly predicted: number;
  /** Requests that are not answered, and rows of them. */
  readonly inFlight: number;
  readonly inFlightRows: number;
  /** Its connections and sessions. */
  readonly origins: number;
}

/** All subscriptions of one connection. */
export interface ConnectionSubscriptions {
  /** Answers immediately; frames follow only after `begin` is called. */
  subscribe(plan: SubscribePlan): { readonly subscribed: Subscribed; readonly begin: () => void } | WireError;
  unsubscribe(stream: string): WireError | undefined;
  pace(request: PaceRequest): WireError | undefined;
  watch(on: boolean): void;
  /** The connection is gone. */
  close(): void;
}

/** All streams, for viewing. */
export interface StreamSubscriptions {
  /** @param audience of a caller that is shown certain names only. @default everything is shown */
  views(sink: ViewerSink, audience?: Audience): ConnectionSubscriptions;
  list(sees?: Allows): readonly StreamDescription[];
  /** The time of streams, in milliseconds since 1970. Never steps back. */
  now(): number;
  /**
   * Forgets a stream with all its items and windows; its viewers are told of a gap, and wait for the next one of this
   * name. False when there is none.
   */
  erase(stream: string): boolean;
  /** Past windows of a stream; undefined when there is no such stream or no windows of this length are kept. */
  windows(stream: string, windowMs: number): StreamPast | undefined;
}

/** The windows that a stream keeps, oldest first, without samples. */
export interface StreamPast {
  readonly stream: string;
  readonly epoch: string;
  readonly model: string;
  readonly windowMs: number;
  readonly windows: readonly StreamWindow[];
}
