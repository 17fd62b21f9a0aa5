/** What the parts of a client need of a connection. */

import type { RequestId } from '../../shared/protocol.js';
import type { OutgoingRequest } from './socket-io.js';

/** Where requests leave and are answered: one link to one hub. */
export interface RequestChannel {
  /** False when nothing can leave now; a loss of the connection is then reported soon. May throw. */
  predict(request: OutgoingRequest): boolean;
  cancel(id: RequestId): boolean;
  readonly base64: boolean;
  /** Nothing that left here is unanswered, and nothing more will leave here. */
  release(): void;
}

/** Where everything that is no prediction leaves. */
export interface StreamChannel {
  /** False when nothing can leave now. `reply` is called with the answer as it came, once, or never when the connection is lost. */
  send(event: string, payload: unknown, reply?: (raw: unknown) => void): boolean;
  /** Why nothing can leave, for people; undefined while connected. */
  readonly obstacle: string | undefined;
}
