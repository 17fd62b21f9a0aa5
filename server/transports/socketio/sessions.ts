/** All sessions: those of connected sockets, and lost ones, which can be resumed for a while. */

import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../../contracts/clock.js';
import type { Hub } from '../../core/hub.js';
import type { Principal } from '../../core/requests/principal.js';
import { type Caller, Session, type SessionSink } from './session.js';

export interface SessionOptions {
  /** How long a lost session's requests are kept, in milliseconds. @default 10000 */
  readonly resumeMs: number;
  /** Maximum lost sessions kept; beyond it, the oldest of the principal with the most is ended. @default 10000 */
  readonly maxLostSessions: number;
}

/** Valid session names of an SDK: secrets, and so long. */
const SESSION_ID = /^[A-Za-z0-9_-]{16,64}$/;

export class Sessions {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #options: SessionOptions;
  readonly #named = new Map<string, Session>();
  /** Lost sessions, oldest first, with their expiry timers. */
  readonly #lost = new Map<Session, Timer>();
  /** Number of lost sessions per principal. */
  readonly #lostOf = new Map<Principal, number>();

  constructor(hub: Hub, clock: Clock, options: SessionOptions) {
    this.#hub = hub;
    this.#clock = clock;
    this.#options = options;
  }

  /** Opens the session named in a handshake, or a new one that ends with its connection, for this caller. */
  open(name: unknown, caller: Caller = {}): { readonly session: Session; readonly resumed: boolean } {
    if (typeof name !== 'string' || !SESSION_ID.test(name)) return this.#openUnnamed(caller);
    const known = this.#named.get(name);
    if (known !== undefined) {
      // Its answers are the other's, however the name became known. An address may change, and is nobody's secret.
      if (known.origin.key !== caller.key) return this.#openUnnamed(caller);
      this.#found(known);
      this.#hub.limit(known.origin, caller.quota);
      return { session: known, resumed: true };
    }
    const session = new Session(name, this.#hub, true, caller);
    this.#named.set(name, session);
    return { session, resumed: false };
  }

  #openUnnamed(caller: Caller): { readonly session: Session; readonly resumed: boolean } {
    return { session: new Session(randomUUID(), this.#hub, false, caller), resumed: false };
  }

  /** A connection is gone: a named session waits for its client, unless that said goodbye; any other ends. */
  release(session: Session, sink: SessionSink, goodbye = false): void {
    if (!session.detach(sink)) return;
    if (goodbye || this.#named.get(session.id) !== session) return this.#end(session);
    const timer = this.#clock.setTimer(this.#options.resumeMs, () => this.#end(session));
    const { principal } = session.origin;
    this.#lost.set(session, timer);
    this.#lostOf.set(principal, (this.#lostOf.get(principal) ?? 0) + 1);
    if (this.#lost.size > this.#options.maxLostSessions) this.#makeRoom();
  }

  /** Ends all lost sessions. */
  close(): void {
    for (const session of [...this.#lost.keys()]) this.#end(session);
  }

  /** Ends the oldest session of the principal that lost the most, so that losing many costs nobody else theirs. */
  #makeRoom(): void {
    let [most, ofMost]: [number, Principal | undefined] = [0, undefined];
    for (const [principal, count] of this.#lostOf) if (count > most) [most, ofMost] = [count, principal];
    for (const session of this.#lost.keys()) if (session.origin.principal === ofMost) return this.#end(session);
  }

  /** A session is no longer lost. */
  #found(session: Session): void {
    const timer = this.#lost.get(session);
    if (timer === undefined) return;
    timer.cancel();
    this.#lost.delete(session);
    const { principal } = session.origin;
    const left = (this.#lostOf.get(principal) ?? 0) - 1;
    if (left > 0) this.#lostOf.set(principal, left);
    else this.#lostOf.delete(principal);
  }

  #end(session: Session): void {
    this.#found(session);
    this.#named.delete(session.id);
    this.#hub.closeOrigin(session.origin);
  }
}
