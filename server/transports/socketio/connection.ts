/** One Socket.IO connection: parses `predict` and `cancel`, and sends each answer to the event it belongs to. */

import type { ErrorCode, WireError } from '../../../shared/errors.js';
import { parseCancel, parsePredict } from '../../../shared/parse.js';
import type { AnswerTo, PredictAck } from '../../../shared/protocol.js';
import { withBodyHint } from '../../../shared/words/input-hint.js';
import type { Hub } from '../../core/hub.js';
import { type Answer, answerOf } from '../../core/requests/answer.js';
import type { Authorization } from '../authorization.js';
import type { Wire } from '../wire/wire.js';
import { AnswerOrder, type Place } from './answer-order.js';
import type { Demand } from './demand.js';
import type { Outbox } from './outbox.js';
import type { Session, SessionSink, Ticket } from './session.js';
import { Unreadable } from './unreadable.js';

export interface ConnectionParts {
  readonly hub: Hub;
  readonly session: Session;
  readonly outbox: Outbox;
  readonly wire: Wire;
  readonly demand: Demand;
  readonly authorization: Authorization;
  /** Closes the socket. */
  readonly close: (reason: string) => void;
}

/** Cost of a cancel for an unknown request, in refusals: crossing its answer is nobody's fault, but thousands are. */
const LATE_CANCEL = 1 / 8;
/** Maximum answers that wait for earlier ones; beyond it the connection is not read until some are sent. */
const MAX_HELD_ANSWERS = 256;

export class Connection implements SessionSink {
  readonly #parts: ConnectionParts;
  readonly #order = new AnswerOrder();
  #requests = 0;
  #reads = true;
  /** The model of the last request: the best guess for one that could not be parsed. */
  #lastModel: string | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Number of `predict` events so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Ignores further requests, as a lost connection does. */
  stopReading(): void {
    this.#reads = false;
  }

  /** Arguments are unparsed and untrusted. */
  predict(args: readonly unknown[]): void {
    const { hub, session, demand, wire, authorization } = this.#parts;
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as PredictAck) : undefined;
    const raw = args[0] === last && ack !== undefined ? undefined : args[0];
    const chars = raw instanceof Unreadable && !raw.wasLetIn ? 0 : demand.handled();
    if (!this.#reads) return;
    const n = this.#requests++;
    if (raw instanceof Unreadable) return this.#refuse({ id: raw.id, n, ack }, raw.error, this.#lastModel);
    const parsed = parsePredict(raw);
    if (!parsed.ok) return this.#refuse({ id: parsed.id, n, ack }, withBodyHint(parsed.error, raw), parsed.model);
    const { id, model } = parsed.value;
    this.#lastModel = model;
    const asked: Ticket = { id, n, ack };
    const authorized = authorization.predict(parsed.value);
    if (!authorized.ok) return this.#refuse(asked, authorized.error, model);
    const request = authorized.value;
    const recall = session.recall(asked);
    if (recall === 'attached') return;
    if (typeof recall === 'object') return this.deliver(asked, recall);

    let place: Place | undefined;
    const verdict = hub.submit(request, session.origin, (outcome) => {
      const answer = answerOf(outcome, request.timing !== false);
      if (place !== undefined) this.#deliverInOrder(place, asked, answer);
      // Only an id outlives its connection.
      else (asked.id === undefined ? this : session.answer(asked, answer))?.deliver(asked, answer);
      wire.answered();
    });
    const ref = verdict.model?.ref ?? request.model ?? '';
    if (!verdict.accepted) {
      if (isBusy(verdict.error.code)) demand.refused(chars, verdict.rows ?? 1);
      return this.#answerRefused(asked, authorization.shown(verdict.error), ref);
    }
    // Nothing is settled from inside `submit`, so places are in request order.
    if (isToldByOrder(asked)) place = this.#order.enter(ref);
    session.accept(asked);
    demand.accepted();
  }

  cancel(args: readonly unknown[]): void {
    const { hub, session, wire } = this.#parts;
    const [raw] = args;
    const parsed = raw instanceof Unreadable ? { ok: false as const, error: raw.error } : parseCancel(raw);
    if (!parsed.ok) {
      hub.noteRefusal(parsed.error, session.origin);
      return wire.faulty();
    }
    if (!hub.cancelById(session.origin, parsed.value.id)) wire.faulty(LATE_CANCEL);
  }

  /** An unknown or unreadable event. Its sender is told, if possible. */
  unreadable(args: readonly unknown[]): void {
    const [raw] = args;
    const last = args.at(-1);
    if (!(raw instanceof Unreadable)) return;
    this.#parts.hub.noteRefusal(raw.error, this.#parts.session.origin);
    this.#parts.wire.faulty();
    if (typeof last === 'function') (last as (answer: { readonly error: WireError }) => void)({ error: raw.error });
    else this.#parts.outbox.emit('prediction_error', raw.error);
  }

  deliver({ id, n, ack }: Ticket, answer: Answer): void {
    const { outbox } = this.#parts;
    if (ack !== undefined) {
      const to = id === undefined ? {} : { id };
      return ack(Object.assign(to, answer.ok ? answer.prediction : { error: answer.error }));
    }
    const to: AnswerTo = id === undefined ? { n } : { id, n };
    if (answer.ok) outbox.emit('prediction', Object.assign(to, answer.prediction));
    else outbox.emit('prediction_error', Object.assign(to, answer.error));
  }

  supersede(): void {
    this.#parts.close('superseded');
  }

  /** Answers a request that never reached the hub. */
  #refuse(ticket: Ticket, error: WireError, reference: string | undefined): void {
    const model = this.#parts.hub.noteRefusal(error, this.#parts.session.origin, reference, ticket.id);
    this.#answerRefused(ticket, error, model?.ref ?? reference ?? '');
  }

  #answerRefused(ticket: Ticket, error: WireError, ref: string): void {
    if (!isBusy(error.code)) this.#parts.wire.faulty();
    const answer = { ok: false, error } as const;
    if (isToldByOrder(ticket)) this.#deliverInOrder(this.#order.enter(ref), ticket, answer);
    else this.deliver(ticket, answer);
  }

  #deliverInOrder(place: Place, ticket: Ticket, answer: Answer): void {
    const { wire } = this.#parts;
    place(() => this.deliver(ticket, answer));
    if (this.#order.held >= MAX_HELD_ANSWERS) wire.hold('order');
    else if (this.#order.held < MAX_HELD_ANSWERS / 2) wire.release('order');
  }
}

/** An answer without id and callback is matched by order alone; any other is sent immediately. */
function isToldByOrder({ id, ack }: Ticket): boolean {
  return id === undefined && ack === undefined;
}

/** Caused by the hub's state rather than by the caller. */
function isBusy(code: ErrorCode): boolean {
  return code === 'OVERLOADED' || code === 'DRAINING' || code === 'MODEL_LOADING';
}
