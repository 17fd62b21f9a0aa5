/** All sessions: those of connected sockets, and those whose connection was lost and which may come back for a while. */

import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../core/clock.js';
import type { Hub } from '../core/hub.js';
import { Session, type SessionSink } from './session.js';

export interface SessionOptions {
  /** How long a lost session's requests are kept, in milliseconds. @default 10000 */
  readonly resumeMs: number;
  /** Most lost sessions kept; the oldest goes first. @default 10000 */
  readonly maxLostSessions: number;
}

/** What an SDK may call its session: it is a secret, so it must be long. */
const SESSION_ID = /^[A-Za-z0-9_-]{16,64}$/;

export class Sessions {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #options: SessionOptions;
  readonly #named = new Map<string, Session>();
  /** Lost ones, oldest first, with the timer that ends each. */
  readonly #lost = new Map<Session, Timer>();

  constructor(hub: Hub, clock: Clock, options: SessionOptions) {
    this.#hub = hub;
    this.#clock = clock;
    this.#options = options;
  }

  /** The session named in a handshake, or a new one, of this principal, that ends with its connection. */
  open(name: unknown, principal?: string): { readonly session: Session; readonly resumed: boolean } {
    if (typeof name !== 'string' || !SESSION_ID.test(name))
      return { session: new Session(randomUUID(), this.#hub, false, principal), resumed: false };
    const known = this.#named.get(name);
    if (known !== undefined) {
      this.#lost.get(known)?.cancel();
      this.#lost.delete(known);
      return { session: known, resumed: true };
    }
    const session = new Session(name, this.#hub, true, principal);
    this.#named.set(name, session);
    return { session, resumed: false };
  }

  /** A connection is gone: a named session waits for its client, unless that said goodbye; any other ends. */
  release(session: Session, sink: SessionSink, goodbye = false): void {
    if (!session.detach(sink)) return;
    if (goodbye || this.#named.get(session.id) !== session) return this.#end(session);
    const timer = this.#clock.setTimer(this.#options.resumeMs, () => this.#end(session));
    this.#lost.set(session, timer);
    if (this.#lost.size <= this.#options.maxLostSessions) return;
    const [oldest] = this.#lost.keys();
    if (oldest !== undefined) this.#end(oldest);
  }

  /** Ends all that wait for a client. */
  close(): void {
    for (const session of [...this.#lost.keys()]) this.#end(session);
  }

  #end(session: Session): void {
    this.#lost.get(session)?.cancel();
    this.#lost.delete(session);
    this.#named.delete(session.id);
    this.#hub.closeOrigin(session.origin);
  }
}
