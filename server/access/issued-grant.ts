/** A grant with what can end it. */

import type { Grant } from '../contracts/access.js';

export interface IssuedGrant extends Grant {
  /** The key or the JWT settings behind it: withdrawn, all its grants end. */
  readonly issuer: object;
  /** Milliseconds since 1970. Undefined: it does not expire. */
  readonly endsAt: number | undefined;
}
