/** Grants in use and when they end: one timer for all that expire, however many there are. */

import type { WireError } from '../../shared/errors.js';
import { wireError } from '../../shared/errors.js';
import type { Clock, Timer } from '../contracts/clock.js';
import type { IssuedGrant } from './issued-grant.js';

/**
 * Maximum delay of a grant's end, in milliseconds, besides a turn of the timer. The wall clock may jump, so it is read
 * each time.
 */
const BUCKET_MS = 250;

interface Use {
  readonly grant: IssuedGrant;
  readonly ended: (error: WireError) => void;
}

export class GrantExpiry {
  readonly #clock: Clock;
  /** Milliseconds since 1970: expiry follows the wall clock. */
  readonly #wallNow: () => number;
  readonly #byIssuer = new Map<object, Set<Use>>();
  readonly #byEnd = new Map<number, Set<Use>>();
  /** Withdrawn keys. A token may be checked before its key is withdrawn and used after. */
  readonly #withdrawn = new WeakSet<object>();
  #timer: Timer | undefined;

  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock;
    this.#wallNow = wallNow;
  }

  /** Number of grants in use. */
  get size(): number {
    let count = 0;
    for (const uses of this.#byIssuer.values()) count += uses.size;
    return count;
  }

  watch(grant: IssuedGrant, ended: (error: WireError) => void): () => void {
    const use: Use = { grant, ended };
    if (this.#withdrawn.has(grant.issuer)) ended(withdrawn());
    else if (grant.endsAt !== undefined && grant.endsAt <= this.#wallNow()) ended(expired());
    else this.#add(use);
    return () => this.#remove(use);
  }

  /** Ends all grants of this key. */
  withdraw(issuer: object): void {
    this.#withdrawn.add(issuer);
    for (const use of [...(this.#byIssuer.get(issuer) ?? [])]) this.#end(use, withdrawn());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#byIssuer.clear();
    this.#byEnd.clear();
  }

  #add(use: Use): void {
    const { issuer, endsAt } = use.grant;
    add(this.#byIssuer, issuer, use);
    if (endsAt === undefined) return;
    add(this.#byEnd, bucketOf(endsAt), use);
    this.#arm();
  }

  #remove(use: Use): void {
    const { issuer, endsAt } = use.grant;
    remove(this.#byIssuer, issuer, use);
    if (endsAt !== undefined) remove(this.#byEnd, bucketOf(endsAt), use);
  }

  #end(use: Use, error: WireError): void {
    this.#remove(use);
    use.ended(error);
  }

  #arm(): void {
    this.#timer ??= this.#clock.setTimer(BUCKET_MS, () => {
      this.#timer = undefined;
      this.#sweep();
      // The timer rests while nothing expires; the next expiring grant starts it again.
      if (this.#byEnd.size > 0) this.#arm();
    });
  }

  #sweep(): void {
    const now = Math.floor(this.#wallNow() / BUCKET_MS);
    for (const [bucket, uses] of this.#byEnd) {
      if (bucket <= now) for (const use of [...uses]) this.#end(use, expired());
    }
  }
}

function bucketOf(endsAt: number): number {
  return Math.ceil(endsAt / BUCKET_MS);
}

function expired(): WireError {
  return wireError('UNAUTHENTICATED', 'the token has expired; connect again with a new one');
}

function withdrawn(): WireError {
  return wireError('UNAUTHENTICATED', 'the token was withdrawn or its scopes were changed; connect again');
}

function add<Key>(sets: Map<Key, Set<Use>>, key: Key, use: Use): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([use]));
  else set.add(use);
}

function remove<Key>(sets: Map<Key, Set<Use>>, key: Key, use: Use): void {
  const set = sets.get(key);
  if (set?.delete(use) && set.size === 0) sets.delete(key);
}
