/**
 * Authentication of the Socket.IO transport: checks a handshake's protocol and token, and closes a connection when its
 * grant ends.
 */

import { type WireError, wireError } from '../../../shared/errors.js';
import { commonProtocol, mismatchText, PROTOCOLS, protocolsOf } from '../../../shared/protocol/versions.js';
import type { Access, AccessDecision, Grant } from '../../contracts/access.js';
import type { Clock } from '../../contracts/clock.js';
import { type Authorization, lacks } from '../authorization.js';
import { bearerToken } from '../bearer.js';
import type { HubSocket } from './outbox.js';

/** The steps of closing one connection. */
export interface CloseSteps {
  /** Sends the client a last message. */
  tell(error: WireError): void;
  /** Closes once queued messages are sent. */
  close(error: WireError): void;
  /** Closes immediately. */
  destroy(): void;
}

/** Time for the last message to be sent, and for the client to answer the close, in milliseconds; then it is cut. */
const LAST_WORD_MS = 250;

export class SocketAuth {
  readonly #access: Access;
  readonly #clock: Clock;
  readonly #onRefused: (socket: HubSocket, error: WireError) => void;
  readonly #grants = new WeakMap<HubSocket, Grant>();

  constructor(access: Access, clock: Clock, onRefused: (socket: HubSocket, error: WireError) => void) {
    this.#access = access;
    this.#clock = clock;
    this.#onRefused = onRefused;
  }

  /** For the namespace's `use`. */
  readonly middleware = (socket: HubSocket, next: (error?: Error) => void): void => {
    const done = (decision: AccessDecision): void => {
      const error = decision.ok ? mayEnter(decision.grant) : decision.error;
      if (decision.ok && error === undefined) {
        this.#grants.set(socket, decision.grant);
        return next();
      }
      if (error === undefined) return;
      this.#onRefused(socket, error);
      next(Object.assign(new Error(error.message), { data: error }));
      // After Socket.IO's own answer: a refused caller must not try further tokens on an open connection.
      setImmediate(() => socket.conn.close());
    };
    const foreign = protocolMismatch(socket.handshake.auth);
    if (foreign !== undefined) return done({ ok: false, error: foreign });
    const decision = this.#access.decide(tokenOf(socket));
    if (decision instanceof Promise) void decision.then(done);
    else done(decision);
  };

  grantOf(socket: HubSocket): Grant {
    const grant = this.#grants.get(socket);
    if (grant === undefined) throw new Error('a connection without a grant');
    return grant;
  }

  /**
   * Ends the authorization with the grant and closes the connection. Returns a function to call when it has closed by
   * itself.
   */
  watch(grant: Grant, authorization: Authorization, exit: CloseSteps): () => void {
    return this.#access.watch(grant, (error) => {
      authorization.end(error);
      exit.tell(error);
      exit.close(error);
      this.#clock.setTimer(LAST_WORD_MS, () => exit.destroy());
    });
  }
}

/** A client that states no version is a plain one, which speaks what it is answered. */
function protocolMismatch(auth: unknown): WireError | undefined {
  const theirs = protocolsOf(auth);
  if (theirs === undefined || commonProtocol(PROTOCOLS, theirs) !== undefined) return undefined;
  return wireError('PROTOCOL_MISMATCH', mismatchText(PROTOCOLS, theirs));
}

/** The hello reveals the models. */
function mayEnter({ rights }: Grant): WireError | undefined {
  return rights.predict || rights.subscribe ? undefined : lacks('predict or subscribe');
}

/** `auth.token`, which browsers can send, takes precedence over the header, which they cannot. */
function tokenOf({ handshake }: HubSocket): unknown {
  const auth: unknown = handshake.auth;
  const named = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined;
  return named ?? bearerToken(handshake.headers);
}
