/**
 * The id of a new Engine.IO connection. A proxy in front of several hubs may choose it: hashing the id then routes
 * later requests to the hub that got the handshake.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The form of nginx's `$request_id`. */
const CHOSEN = /^[0-9a-f]{32}$/;

/**
 * Clients without a proxy may choose too: an id is only its owner's secret, and one in use is not given to anybody
 * else.
 */
export function connectionId(headers: IncomingHttpHeaders, isTaken: (id: string) => boolean): string {
  const chosen = headers['x-connection-id'];
  if (typeof chosen === 'string' && CHOSEN.test(chosen) && !isTaken(chosen)) return chosen;
  return randomBytes(16).toString('base64url');
}
