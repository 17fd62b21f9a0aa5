/**
 * The requests of one client, over as many connections as it takes. A plain socket has a session of its own that ends with it; an
 * SDK names its session in the handshake, and what it has in flight outlives a lost connection for a while.
 */

import { createHash } from 'node:crypto';
import type { PredictAck, RequestId } from '../../../shared/protocol.js';
import type { Hub } from '../../core/hub.js';
import type { Answer } from '../../core/requests/answer.js';
import type { Origin } from '../../core/requests/request.js';

/** One `predict` event and how it is answered. A re-sent event takes the ticket of its id over. */
export interface Ticket {
  readonly id: RequestId | undefined;
  n: number;
  ack: PredictAck | undefined;
}

/** The connection that a session's answers leave on. */
export interface SessionSink {
  deliver(ticket: Ticket, answer: Answer): void;
  /** The session was taken over by a newer connection. */
  supersede(): void;
}

/** How a `predict` event with an id relates to what the session knows: its answer, where that is there already. */
export type Recall = 'new' | 'attached' | 'duplicate' | Answer;

export class Session {
  readonly id: string;
  readonly origin: Origin;
  #sink: SessionSink | undefined;
  /** Requests with an id in flight. */
  readonly #tickets = new Map<RequestId, Ticket>();
  /** Ids that were in flight when the last connection was lost and were not sent again yet. */
  readonly #resumable = new Set<RequestId>();
  /** Answers that found no connection: at most one for each row of the credit. */
  readonly #kept = new Map<RequestId, Answer>();

  /**
   * @param resumes whether it outlives its connection.
   * @param principal whose share its requests are of; see {@link principalKey}. Undefined: its own.
   */
  constructor(id: string, hub: Hub, resumes = false, principal?: string) {
    this.id = id;
    const options = { via: 'socketio', alias: aliasOf(id), resumes } as const;
    this.origin = hub.openOrigin(id, principal === undefined ? options : { ...options, principal });
  }

  /** True while an event may be one that was sent before: then it is to be read before it is refused. */
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

  /** Lets go of a connection; false when it had been superseded. */
  detach(sink: SessionSink): boolean {
    if (this.#sink !== sink) return false;
    this.#sink = undefined;
    this.#kept.clear();
    return true;
  }

  /** Looks at a request's id before it is submitted, and takes the event over where it was sent before. */
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

  /** Notes a request that was accepted. */
  accept(ticket: Ticket): void {
    if (ticket.id !== undefined) this.#tickets.set(ticket.id, ticket);
  }

  /** Where the answer of an accepted request with an id is to be delivered; undefined: it is kept for when the client comes back. */
  answer({ id }: Ticket, answer: Answer): SessionSink | undefined {
    if (id === undefined) return undefined;
    this.#tickets.delete(id);
    // Sent on an earlier connection and not asked for on this one yet: it may have come to wait for it again, or not at all.
    if (!this.#resumable.delete(id) && this.#sink !== undefined) return this.#sink;
    this.#kept.set(id, answer);
    return undefined;
  }
}

/** A mark that viewers may see: the same over reconnects and hubs, and no way back to the session, which is a secret. */
function aliasOf(session: string): string {
  return createHash('sha256').update(session).digest('base64url').slice(0, 12);
}
