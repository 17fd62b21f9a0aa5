/** A pass with what can end it. */

import type { Pass } from '../contracts/access.js';

export interface IssuedPass extends Pass {
  /** The key or the JWT settings behind it: withdrawn, all its passes end. */
  readonly issuer: object;
  /** Milliseconds since 1970. Undefined: it does not expire. */
  readonly endsAt: number | undefined;
}
