/**
 * A principal stands behind origins: the holder of a token or, without one, the caller's address, over all its sessions
 * and connections. Engine shares and rows in flight are counted per principal. Knows no tokens or addresses, only a
 * key.
 */

import type { Quota } from '../../contracts/access.js';
import { Account } from './account.js';
import type { RetrySlots } from './retry-slots.js';

/** Accounts kept of keys that are not here; the oldest is forgotten first. */
const MAX_ACCOUNTS = 16_384;

export class Principal {
  /** Rows in flight of all its origins, for all models. */
  inFlightRows = 0;
  /** Requests in flight, and those answered with a prediction since it came. */
  inFlight = 0;
  predicted = 0;
  /** Its open origins. */
  origins = 0;
  /** When its refused requests may retry; undefined before the first. */
  retries: RetrySlots | undefined;
  /** The limits that were applied last. */
  quota: Quota | undefined;
  /** Its turns in every queue against those of others. */
  weight = 1;
  /** What it has used of its quota; undefined where its rows are not limited. */
  account: Account | undefined;
}

/** The principals with an open origin. */
export class Principals {
  readonly #byKey = new Map<string, Principal>();
  /** Outlive their principals, least recently joined first: leaving must not renew an allowance. */
  readonly #accounts = new Map<string, Account>();

  /** Number of principals, not counting those without a key. */
  get size(): number {
    return this.#byKey.size;
  }

  /** The principal of this key, for one more origin, with its newest quota; without a key, a new one. */
  join(key: string | undefined, quota?: Quota): Principal {
    if (key === undefined) return new Principal();
    const principal = this.#byKey.get(key) ?? new Principal();
    principal.origins += 1;
    this.#byKey.set(key, principal);
    this.limit(principal, key, quota);
    return principal;
  }

  /** Sets the quota of a principal. What it has used already counts. */
  limit(principal: Principal, key: string, quota: Quota | undefined): void {
    if (principal.quota === quota) return;
    principal.quota = quota;
    principal.weight = quota?.weight ?? 1;
    const isLimited = quota?.rowsPerSecond !== undefined || quota?.rowsPerDay !== undefined;
    principal.account = isLimited ? this.#accountOf(key, quota) : undefined;
  }

  /** An origin of this key was closed; the principal is removed with the last. */
  leave(key: string | undefined): void {
    if (key === undefined) return;
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    known.origins -= 1;
    if (known.origins === 0) this.#byKey.delete(key);
  }

  #accountOf(key: string, quota: Quota): Account {
    const account = this.#accounts.get(key) ?? new Account(quota);
    account.quota = quota;
    this.#accounts.delete(key);
    this.#accounts.set(key, account);
    if (this.#accounts.size > MAX_ACCOUNTS) {
      for (const oldest of this.#accounts.keys()) {
        this.#accounts.delete(oldest);
        break;
      }
    }
    return account;
  }
}
