/**
 * An observer: logs, metrics and traces enter here. A tap is told in the turn in which a thing happens, so what it does must take
 * microseconds; what it throws is told to the other taps and costs nobody an answer.
 */

import type { WireError } from '../../shared/errors.js';
import type { RequestId } from '../../shared/protocol.js';
import type { EngineEvent } from './engine-events.js';
import type { ModelSpec } from './model.js';
import type { Predicted } from './outcome.js';
import type { StreamEvent } from './stream-events.js';
import type { TransportEvent } from './transport-events.js';

/** By which door a request came: `socketio`, `rest`, `in-process` for a program that embeds the hub, or what another door calls itself. */
export type Via = string;

/** Where requests come from, as taps see it. */
export interface ObservedOrigin {
  /** Of a session, its client's secret: show its first characters at most. */
  readonly name: string;
  readonly via: Via;
  /** What may be shown of it. */
  readonly alias: string;
  /** True for requests that the hub makes of itself: they are nobody's predictions. */
  readonly internal: boolean;
}

/** An accepted request, as taps see it. */
export interface ObservedRequest {
  readonly id: RequestId | undefined;
  readonly origin: ObservedOrigin;
  readonly model: ModelSpec;
  readonly rows: number;
  /** Whether its input was an array of rows. */
  readonly batched: boolean;
  /** On the hub's clock, in milliseconds. */
  readonly acceptedAt: number;
  /** The stream that it is cast to. */
  readonly stream: string | undefined;
  /** As it came, where the hub keeps inputs (`keepInputs`); else undefined. */
  readonly input: unknown;
}

/** A request that was refused; it was never accepted. */
export interface RefusedRequest {
  readonly error: WireError;
  readonly origin: ObservedOrigin;
  /** The model it was for, where that is known. */
  readonly model: ModelSpec | undefined;
}

/** A batch that ended. */
export interface EndedBatch {
  readonly model: ModelSpec;
  readonly rows: number;
  /** The wait of its oldest row, in milliseconds. */
  readonly queueMs: number;
  /** From posting to completion, in milliseconds. */
  readonly tookMs: number;
  /** Time the model took, in microseconds; 0 when it failed. */
  readonly inferUs: number;
  readonly status: 'done' | 'failed' | 'lost';
  /** Why it failed or was lost. */
  readonly reason: string | undefined;
}

export type HubState = 'ready' | 'draining' | 'closed';

/** Every callback is optional: what is absent costs nothing. */
export interface Tap {
  /** For messages about it. */
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
  /** A bug: of a handler, a settle function or another tap. */
  fault?(where: string, cause: unknown): void;
  state?(state: HubState): void;
  /** What happens at a door; its faults come as {@link Tap.fault}. */
  transport?(event: TransportEvent): void;
  engine?(event: EngineEvent): void;
  stream?(event: StreamEvent): void;
  /** The hub is closed and nothing more will be told: writes what is held, for at most so many milliseconds. Never rejects. */
  close?(deadlineMs: number): Promise<void>;
}
