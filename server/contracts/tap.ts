/**
 * A tap observes the hub: logs, metrics and traces. It is called in the event-loop turn in which something happens, so
 * its work must take microseconds. An exception is reported to all taps as a fault and costs nobody an answer; so is a
 * promise, since nobody waits for it.
 */

import type { WireError } from '../../shared/errors.js';
import type { RequestId } from '../../shared/protocol.js';
import type { EngineEvent } from './engine-events.js';
import type { ModelSpec } from './model.js';
import type { Predicted } from './outcome.js';
import type { StreamEvent } from './stream-events.js';
import type { TransportEvent } from './transport-events.js';

/**
 * Name of the door a request came through: `socketio`, `rest`, `in-process` for a program that embeds the hub, or
 * another door's own name.
 */
export type Via = string;

/** An origin of requests, as taps see it. */
export interface ObservedOrigin {
  /** For a session, the client's secret: show its first characters at most. */
  readonly name: string;
  readonly via: Via;
  /** Its public name. */
  readonly alias: string;
  /** True for the hub's own requests: they are nobody's predictions. */
  readonly internal: boolean;
  /** Name of the caller's key, where it has one. */
  readonly key?: string | undefined;
}

/** An accepted request, as taps see it. */
export interface ObservedRequest {
  readonly id: RequestId | undefined;
  readonly origin: ObservedOrigin;
  readonly model: ModelSpec;
  readonly rows: number;
  /** Whether its input was an array of rows. */
  readonly batched: boolean;
  /** Milliseconds on the hub's clock. */
  readonly acceptedAt: number;
  /** Whom its input is about, as the caller named them: show its hash at most. */
  readonly subject?: string | undefined;
  /** The stream it is cast to, if any. */
  readonly stream: string | undefined;
  /** The input as received, or as it was redacted, where inputs are kept: by option `predictionLog`, or `keepInputs` of a `Hub` alone. */
  readonly input: unknown;
}

/** A request that was refused, and so never accepted. */
export interface RefusedRequest {
  readonly error: WireError;
  readonly origin: ObservedOrigin;
  /** The model requested, where known. */
  readonly model: ModelSpec | undefined;
  /** The request's own id, where it has a valid one. */
  readonly id?: RequestId | undefined;
}

/** A completed batch. */
export interface EndedBatch {
  readonly model: ModelSpec;
  readonly rows: number;
  /** Wait of its oldest row, in milliseconds. */
  readonly queueMs: number;
  /** From posting to completion, in milliseconds. */
  readonly tookMs: number;
  /** Time in the model, in microseconds; 0 when it failed. */
  readonly inferUs: number;
  readonly status: 'done' | 'failed' | 'lost';
  /** Why it failed or was lost. */
  readonly reason: string | undefined;
}

/**
 * `ready`: accepts requests; told once the hub can be reached. `draining`: refuses new requests and finishes accepted
 * ones. `closed`: everything is settled.
 */
export type HubState = 'ready' | 'draining' | 'closed';

/** Observes the hub. Every callback is optional; an absent one costs nothing. */
export interface Tap {
  /** For messages about this tap. */
  readonly name: string;
  /** An accepted request was answered with a prediction. `outcome.output` is only valid during the call. */
  predicted?(request: ObservedRequest, outcome: Predicted): void;
  /** An accepted request was answered with an error. */
  failed?(request: ObservedRequest, error: WireError): void;
  refused?(request: RefusedRequest): void;
  /** A batch was computed. */
  batch?(batch: EndedBatch): void;
  /** A batch failed or was lost; its rows run again in parts. */
  batchFailed?(batch: EndedBatch): void;
  /** The engine failed on a single row. */
  poison?(model: ModelSpec, reason: string): void;
  /** A bug in a handler, a settle function or another tap. */
  fault?(where: string, cause: unknown): void;
  state?(state: HubState): void;
  /** An event of a door; faults arrive as {@link Tap.fault} instead. */
  transport?(event: TransportEvent): void;
  engine?(event: EngineEvent): void;
  stream?(event: StreamEvent): void;
  /**
   * The hub is closed: flushes what is buffered, within `deadlineMs` milliseconds. Never rejects. May be called twice.
   * Events may still follow, such as those of connections that end late, and must do no harm.
   */
  close?(deadlineMs: number): Promise<void>;
}
