/** Event names with their payloads, in both directions. PROTOCOL.md describes the same in prose. */

import type { WireError } from '../errors.js';
import type {
  Goaway,
  Hello,
  PredictAck,
  PredictionErrorEvent,
  PredictionEvent,
  PredictRequest,
  Reply,
  RequestId,
} from '../protocol.js';
import type {
  AggregateFrame,
  CastFrame,
  HubStatus,
  PaceRequest,
  StreamDescription,
  StreamGap,
  Subscribed,
  SubscribeRequest,
  Unsubscribed,
} from '../stream-protocol.js';

/** Events sent by clients. */
export interface ClientToServerEvents {
  predict(request: PredictRequest, ack?: PredictAck): void;
  cancel(request: { readonly id: RequestId }): void;
  subscribe(request: SubscribeRequest, reply?: Reply<Subscribed>): void;
  unsubscribe(request: { readonly stream: string }, reply?: Reply<{ readonly stream: string }>): void;
  pace(request: PaceRequest, reply?: Reply<PaceRequest>): void;
  streams(reply: Reply<{ readonly streams: readonly StreamDescription[] }>): void;
  watch(request: { readonly on: boolean }, reply?: Reply<{ readonly on: boolean }>): void;
  /** `at`: the hub's clock, as in items. Absent in answers of older hubs. */
  echo(reply: (time?: { readonly at: number }) => void): void;
}

/** Events sent by the hub. */
export interface ServerToClientEvents {
  hello(hello: Hello): void;
  prediction(event: PredictionEvent): void;
  prediction_error(event: PredictionErrorEvent): void;
  goaway(notice: Goaway): void;
  closing(error: WireError): void;
  cast(frame: CastFrame): void;
  aggregate(frame: AggregateFrame): void;
  gap(gap: StreamGap): void;
  unsubscribed(notice: Unsubscribed): void;
  status(status: HubStatus): void;
}
