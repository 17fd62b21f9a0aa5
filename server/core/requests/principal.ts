/**
 * A principal stands behind origins: the holder of a token or, without one, the caller's address, over all its sessions
 * and connections. Engine shares and rows in flight are counted per principal. Knows no tokens or addresses, only a
 * key.
 */

import type { RetrySlots } from './retry-slots.js';

export class Principal {
  /** Rows in flight of all its origins, for all models. */
  inFlightRows = 0;
  /** When its refused requests may retry; undefined before the first. */
  retries: RetrySlots | undefined;
}

/** The principals with an open origin. */
export class Principals {
  readonly #byKey = new Map<string, { readonly principal: Principal; origins: number }>();

  /** Number of principals, not counting those without a key. */
  get size(): number {
    return this.#byKey.size;
  }

  /** The principal of this key, for one more origin; without a key, a new one. */
  join(key: string | undefined): Principal {
    if (key === undefined) return new Principal();
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const principal = new Principal();
      this.#byKey.set(key, { principal, origins: 1 });
      return principal;
    }
    known.origins += 1;
    return known.principal;
  }

  /** An origin of this key was closed; the principal is removed with the last. */
  leave(key: string | undefined): void {
    if (key === undefined) return;
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    known.origins -= 1;
    if (known.origins === 0) this.#byKey.delete(key);
  }
}
