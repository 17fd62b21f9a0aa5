/** One Socket.IO connection: reads `predict` and `cancel`, and sends each answer to the event that asked. */

import { type WireError, wireError } from '../../shared/errors.js';
import { readPrediction } from '../../shared/output.js';
import { parseCancel, parsePredict } from '../../shared/parse.js';
import type { AnswerTo, PredictAck } from '../../shared/protocol.js';
import type { Hub } from '../core/hub.js';
import type { Outcome } from '../core/pending.js';
import { AnswerOrder } from './answer-order.js';
import { Oversized } from './guarded-decoder.js';
import type { Outbox } from './outbox.js';
import type { Permit } from './permit.js';
import type { Answer, Session, SessionSink, Ticket } from './session.js';

export interface ConnectionParts {
  readonly hub: Hub;
  readonly session: Session;
  readonly outbox: Outbox;
  /** Counts one request; answers why it is one too many. */
  readonly mayAsk: () => WireError | undefined;
  readonly permit: Permit;
  readonly maxJsonBytes: number;
  /** Closes the socket. */
  readonly close: (reason: string) => void;
}

export class Connection implements SessionSink {
  readonly #parts: ConnectionParts;
  readonly #order = new AnswerOrder();
  #requests = 0;
  #reads = true;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** `predict` events so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Leaves further requests unread, as a connection that is lost does. */
  stopReading(): void {
    this.#reads = false;
  }

  /** Arguments are as they came: nothing of them is known. */
  predict(args: readonly unknown[]): void {
    if (!this.#reads) return;
    const { hub, session, mayAsk, maxJsonBytes } = this.#parts;
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as PredictAck) : undefined;
    const raw = args[0] === last && ack !== undefined ? undefined : args[0];
    const n = this.#requests++;
    if (raw instanceof Oversized) {
      const message = `the event has ${raw.bytes} bytes of JSON, maxJsonBytes is ${maxJsonBytes}; send fewer rows, or binary { dtype, shape, data }`;
      return this.#refuse({ id: undefined, n, ack }, wireError('TOO_LARGE', message), undefined);
    }
    const parsed = parsePredict(raw);
    if (!parsed.ok) return this.#refuse({ id: parsed.id, n, ack }, parsed.error, parsed.model);
    const request = parsed.value;
    const asked: Ticket = { id: request.id, n, ack };
    const denied = this.#parts.permit.predict(request.stream);
    if (denied !== undefined) return this.#refuse(asked, denied, request.model);
    const recall = session.recall(asked);
    if (recall === 'attached' || recall === 'answered') return;

    const tooMany = mayAsk();
    if (tooMany !== undefined) return this.#refuse(asked, tooMany, request.model);
    const place = this.#place(asked, request.model);
    const verdict = hub.submit(request, session.origin, (outcome) => {
      const answer = answerOf(outcome, request.timing !== false);
      // Only an id outlives its connection.
      place(() => (asked.id === undefined ? this.deliver(asked, answer) : session.answer(asked, answer)));
    });
    if (verdict.accepted) session.accept(asked);
    else place(() => this.deliver(asked, { ok: false, error: verdict.error }));
  }

  cancel(args: readonly unknown[]): void {
    const parsed = parseCancel(args[0]);
    if (parsed.ok) this.#parts.hub.cancelById(this.#parts.session.origin, parsed.value.id);
    else this.#parts.hub.noteRefusal(parsed.error, this.#parts.session.origin);
  }

  deliver({ id, n, ack }: Ticket, answer: Answer): void {
    const { outbox } = this.#parts;
    if (ack !== undefined) return outbox.acknowledge(ack, answer.ok ? answer.prediction : { error: answer.error });
    const to: AnswerTo = id === undefined ? { n } : { id, n };
    if (answer.ok) outbox.emit('prediction', Object.assign(to, answer.prediction));
    else outbox.emit('prediction_error', Object.assign(to, answer.error));
  }

  supersede(): void {
    this.#parts.close('superseded');
  }

  /** Answers a request that never reached the hub. */
  #refuse(ticket: Ticket, error: WireError, model: string | undefined): void {
    this.#parts.hub.noteRefusal(error, this.#parts.session.origin, model);
    this.#place(ticket, model)(() => this.deliver(ticket, { ok: false, error }));
  }

  /** When an answer may leave. One that carries no id and has no callback is told apart by its order alone; any other leaves at once. */
  #place({ id, ack }: Ticket, model: string | undefined): (send: () => void) => void {
    return id === undefined && ack === undefined ? this.#order.enter(this.#parts.hub.refOf(model)) : atOnce;
  }
}

function atOnce(send: () => void): void {
  send();
}

/** The values are read now: the batch's buffer is used again after this turn. */
function answerOf(outcome: Outcome, timed: boolean): Answer {
  if (!outcome.ok) return outcome;
  const timing = timed ? outcome.timing : undefined;
  return {
    ok: true,
    prediction: readPrediction(outcome.model, outcome.output, outcome.batched, timing, outcome.words),
  };
}
