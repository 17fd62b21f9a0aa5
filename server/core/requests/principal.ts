/**
 * Whoever stands behind requests: the holder of a token or, without one, the caller's address; over all of its sessions and connections.
 * Shares of the engine and rows in flight are counted for each of them. Knows no token and no address, only the text that stands for one.
 */

import type { RetrySlots } from './retry-slots.js';

export class Principal {
  /** Rows in flight of all its origins, for all models. */
  inFlightRows = 0;
  /** When those that were refused may come again; undefined before the first. */
  retries: RetrySlots | undefined;
}

/** The principals that have an origin open. */
export class Principals {
  readonly #byKey = new Map<string, { readonly principal: Principal; origins: number }>();

  /** How many there are, without those that have no key. */
  get size(): number {
    return this.#byKey.size;
  }

  /** The principal of this key for one more origin; without a key one of its own. */
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

  /** An origin of this key is closed; the principal is forgotten with the last. */
  leave(key: string | undefined): void {
    if (key === undefined) return;
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    known.origins -= 1;
    if (known.origins === 0) this.#byKey.delete(key);
  }
}
