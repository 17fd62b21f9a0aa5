/**
 * The id of a new Engine.IO connection. A proxy before several hubs may choose it: then a hash of the id leads its later requests to the
 * hub that the hash of the same id led its handshake to.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** As nginx makes `$request_id`. */
const CHOSEN = /^[0-9a-f]{32}$/;

/**
 * Who comes without a proxy may choose too: an id is only a secret of the one who has it, and one that is taken is given to nobody else.
 */
export function connectionId(headers: IncomingHttpHeaders, isTaken: (id: string) => boolean): string {
  const chosen = headers['x-connection-id'];
  if (typeof chosen === 'string' && CHOSEN.test(chosen) && !isTaken(chosen)) return chosen;
  return randomBytes(16).toString('base64url');
}
