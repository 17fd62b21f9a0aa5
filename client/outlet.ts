/** What the requests in flight need of a connection. */

import type { RequestId } from '../shared/protocol.js';
import type { OutgoingRequest } from './socket.js';

/** Where requests leave. */
export interface Outlet {
  /** False when nothing can leave now; a loss of the connection is then reported soon. May throw. */
  predict(request: OutgoingRequest): boolean;
  cancel(id: RequestId): boolean;
  readonly base64: boolean;
  /** Why nothing can leave, for people; undefined while connected. */
  readonly obstacle: string | undefined;
}
