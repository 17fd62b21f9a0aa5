/** Passes in use, and their ends: one timer for all that expire, however many there are. */

import type { WireError } from '../../shared/errors.js';
import { wireError } from '../../shared/errors.js';
import type { Clock, Timer } from '../contracts/clock.js';
import type { IssuedPass } from './issued-pass.js';

/** A pass ends at most this much, and a turn of the timer, late. The wall clock may jump: it is asked each time. */
const BUCKET_MS = 250;

interface Visit {
  readonly pass: IssuedPass;
  readonly ended: (error: WireError) => void;
}

export class Visits {
  readonly #clock: Clock;
  /** Milliseconds since 1970: what expires does so by the calendar. */
  readonly #wallNow: () => number;
  readonly #byIssuer = new Map<object, Set<Visit>>();
  readonly #byEnd = new Map<number, Set<Visit>>();
  /** A token may have been looked at before its key was withdrawn, and come in after. */
  readonly #withdrawn = new WeakSet<object>();
  #timer: Timer | undefined;

  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock;
    this.#wallNow = wallNow;
  }

  /** Visits now. */
  get size(): number {
    let count = 0;
    for (const visits of this.#byIssuer.values()) count += visits.size;
    return count;
  }

  watch(pass: IssuedPass, ended: (error: WireError) => void): () => void {
    const visit: Visit = { pass, ended };
    if (this.#withdrawn.has(pass.issuer)) ended(withdrawn());
    else if (pass.endsAt !== undefined && pass.endsAt <= this.#wallNow()) ended(expired());
    else this.#add(visit);
    return () => this.#remove(visit);
  }

  /** Ends all passes of this key. */
  withdraw(issuer: object): void {
    this.#withdrawn.add(issuer);
    for (const visit of [...(this.#byIssuer.get(issuer) ?? [])]) this.#end(visit, withdrawn());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#byIssuer.clear();
    this.#byEnd.clear();
  }

  #add(visit: Visit): void {
    const { issuer, endsAt } = visit.pass;
    add(this.#byIssuer, issuer, visit);
    if (endsAt === undefined) return;
    add(this.#byEnd, bucketOf(endsAt), visit);
    this.#arm();
  }

  #remove(visit: Visit): void {
    const { issuer, endsAt } = visit.pass;
    remove(this.#byIssuer, issuer, visit);
    if (endsAt !== undefined) remove(this.#byEnd, bucketOf(endsAt), visit);
  }

  #end(visit: Visit, error: WireError): void {
    this.#remove(visit);
    visit.ended(error);
  }

  #arm(): void {
    this.#timer ??= this.#clock.setTimer(BUCKET_MS, () => {
      this.#timer = undefined;
      this.#sweep();
      // With nothing that expires the timer rests; the next such pass starts it again.
      if (this.#byEnd.size > 0) this.#arm();
    });
  }

  #sweep(): void {
    const now = Math.floor(this.#wallNow() / BUCKET_MS);
    for (const [bucket, visits] of this.#byEnd) {
      if (bucket <= now) for (const visit of [...visits]) this.#end(visit, expired());
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

function add<Key>(sets: Map<Key, Set<Visit>>, key: Key, visit: Visit): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([visit]));
  else set.add(visit);
}

function remove<Key>(sets: Map<Key, Set<Visit>>, key: Key, visit: Visit): void {
  const set = sets.get(key);
  if (set?.delete(visit) && set.size === 0) sets.delete(key);
}
