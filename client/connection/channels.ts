/** What the parts of a client need from a connection. */

import type { RequestId } from '../../shared/protocol.js';
import type { OutgoingRequest, PayloadOf, SentEventName } from './socket-io.js';

/** Sends requests and receives their answers: one link to one hub. */
export interface RequestChannel {
  /** False when nothing can be sent now; the loss of the connection is then reported soon. May throw. */
  predict(request: OutgoingRequest): boolean;
  cancel(id: RequestId): boolean;
  readonly base64: boolean;
  /** Nothing sent here is unanswered, and nothing more will be sent here. */
  release(): void;
}

/** Sends everything except predictions. */
export interface StreamChannel {
  /**
   * False when nothing can be sent now. `reply` is called once with the raw answer, or never when the connection is
   * lost.
   */
  send<Name extends SentEventName>(event: Name, payload: PayloadOf<Name>, reply?: (raw: unknown) => void): boolean;
  /** Why nothing can be sent, for people; undefined while connected. */
  readonly obstacle: string | undefined;
}
