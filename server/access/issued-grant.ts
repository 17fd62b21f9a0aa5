/** A grant together with what can end it. */

import type { Grant } from '../contracts/access.js';

export interface IssuedGrant extends Grant {
  /** The key or JWT settings behind it: when withdrawn, all its grants end. */
  readonly issuer: object;
  /** Milliseconds since 1970; undefined: it does not expire. */
  readonly endsAt: number | undefined;
}
