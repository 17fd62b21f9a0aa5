/**
 * The requests of one client, over any number of connections. A plain socket has a session that ends with it; an SDK
 * names its session in the handshake, and its requests in flight survive a lost connection for a while.
 */

import { createHash } from 'node:crypto';
import type { PredictAck, RequestId } from '../../../shared/protocol.js';
import type { OriginOptions } from '../../contracts/hub.js';
import type { Hub } from '../../core/hub.js';
import type { Answer } from '../../core/requests/answer.js';
import type { Origin } from '../../core/requests/request.js';

/** One `predict` event and how to answer it. A re-sent event takes over the ticket of its id. */
export interface Ticket {
  readonly id: RequestId | undefined;
  n: number;
  ack: PredictAck | undefined;
}

/** The connection on which a session's answers are sent. */
export interface SessionSink {
  deliver(ticket: Ticket, answer: Answer): void;
  /** The session was taken over by a newer connection. */
  supersede(): void;
}

/** Whose session it is. */
export type Caller = Pick<OriginOptions, 'principal' | 'key' | 'quota'>;

/** How a `predict` event with an id relates to what the session knows; the answer itself, if it exists already. */
export type Recall = 'new' | 'attached' | 'duplicate' | Answer;

export class Session {
  readonly id: string;
  readonly origin: Origin;
  #sink: SessionSink | undefined;
  /** Requests with an id in flight. */
  readonly #tickets = new Map<RequestId, Ticket>();
  /** Ids in flight when the last connection was lost, and not re-sent yet. */
  readonly #resumable = new Set<RequestId>();
  /** Answers without a connection: at most one per row of credit. */
  readonly #kept = new Map<RequestId, Answer>();

  /**
   * @param resumes whether it outlives its connection.
   * @param caller the principal of its requests; see {@link principalOf}. Undefined: its own.
   */
  constructor(id: string, hub: Hub, resumes = false, caller: Caller = {}) {
    this.id = id;
    this.origin = hub.openOrigin(id, { via: 'socketio', alias: aliasOf(id), resumes, ...caller });
  }

  /** True while an event may be a re-sent one: then it must be parsed before it is refused. */
  get mayRecall(): boolean {
    return this.#resumable.size > 0 || this.#kept.size > 0;
  }

  get attached(): boolean {
    return this.#sink !== undefined;
  }

  attach(sink: SessionSink): void {
    const before = this.#sink;
    this.#sink = sink;
    for (const id of this.#tickets.keys()) this.#resumable.add(id);
    before?.supersede();
  }

  /** Releases a connection; false when it had been superseded. */
  detach(sink: SessionSink): boolean {
    if (this.#sink !== sink) return false;
    this.#sink = undefined;
    this.#kept.clear();
    return true;
  }

  /** Checks a request's id before it is submitted, and takes over a re-sent event. */
  recall(ticket: Ticket): Recall {
    const { id } = ticket;
    if (id === undefined) return 'new';
    const kept = this.#kept.get(id);
    if (kept !== undefined) {
      this.#kept.delete(id);
      return kept;
    }
    const earlier = this.#tickets.get(id);
    if (earlier === undefined) return 'new';
    if (!this.#resumable.delete(id)) return 'duplicate';
    earlier.n = ticket.n;
    earlier.ack = ticket.ack;
    return 'attached';
  }

  /** Records an accepted request. */
  accept(ticket: Ticket): void {
    if (ticket.id !== undefined) this.#tickets.set(ticket.id, ticket);
  }

  /** Where to deliver the answer of an accepted request with an id; undefined: it is kept until the client returns. */
  answer({ id }: Ticket, answer: Answer): SessionSink | undefined {
    if (id === undefined) return undefined;
    this.#tickets.delete(id);
    // Sent on an earlier connection and not yet re-sent on this one: the client may still do so, or never.
    if (!this.#resumable.delete(id) && this.#sink !== undefined) return this.#sink;
    this.#kept.set(id, answer);
    return undefined;
  }
}

/** A mark that viewers may see: stable across reconnects and hubs, and irreversible, since the session is a secret. */
function aliasOf(session: string): string {
  return createHash('sha256').update(session).digest('base64url').slice(0, 12);
}
