/**
 * Requests from the call to their single settlement: queued, sent, settled. Owns ids, credit, deadlines and the
 * handling of requests whose connection was lost. Knows connections only as routes: the current one, and those where
 * some requests are still unanswered.
 */

import { isRecord } from '../../shared/parse.js';
import type { Hello, RequestId } from '../../shared/protocol.js';
import { DeadlineTimer, type TimerClock } from '../../shared/time/deadline-timer.js';
import type { RequestChannel } from '../connection/channels.js';
import { parseWireError } from '../connection/parse-answers.js';
import type { AnswerListener } from '../connection/socket-io.js';
import { localError, TickcastError } from '../error.js';
import { AbortWatch } from './abort-signals.js';
import { parsePrediction, withRoundTrip } from './prediction.js';
import { guessRows, prepareInput } from './prepare-input.js';
import {
  cancelled,
  dueAt,
  newPending,
  type Pending,
  type PredictResult,
  type Route,
  type Submission,
  superseded,
  unreadable,
} from './request.js';
import { SendQueue } from './send-queue.js';

/** Lost connections after which a request is not sent again: it may be the cause. */
const MAX_LOSSES = 3;
/** Maximum delay of a settlement after its deadline, in milliseconds. */
const SWEEP_GAP_MS = 8;

export class RequestTable implements AnswerListener {
  readonly #clock: TimerClock;
  readonly #obstacle: () => string | undefined;
  readonly #maxQueuedRows: number;
  readonly #queue = new SendQueue<Pending>();
  /** Requests that the hub may answer: sent at least once and not settled. */
  readonly #known = new Map<RequestId, Pending>();
  readonly #aborts: AbortWatch<Pending>;
  readonly #deadlines: DeadlineTimer;
  #nextId = 1;
  /** The current route; undefined while disconnected. */
  #route: Route | undefined;
  /** The error that further requests are rejected with. */
  #closed: TickcastError | undefined;

  /** `obstacle` explains why nothing can be sent, for people; undefined while connected. */
  constructor(clock: TimerClock, obstacle: () => string | undefined, maxQueuedRows: number) {
    this.#clock = clock;
    this.#obstacle = obstacle;
    this.#maxQueuedRows = maxQueuedRows;
    this.#aborts = new AbortWatch((pending, signal) => this.#abort(pending, signal));
    this.#deadlines = new DeadlineTimer(clock, SWEEP_GAP_MS, (now) => this.#expire(now));
  }

  /**
   * Counts of what is held: queued rows, sent and unanswered rows, requests the hub may answer, signals with a
   * listener.
   */
  get held(): Readonly<Record<'waitingRows' | 'sentRows' | 'answerable' | 'signals', number>> {
    let sentRows = 0;
    for (const { state, rows } of this.#known.values()) if (state === 'sent') sentRows += rows;
    return {
      waitingRows: this.#queue.rows,
      sentRows,
      answerable: this.#known.size,
      signals: this.#aborts.signals,
    };
  }

  /** Accepts a request: sends it, queues it or settles it. */
  submit(submission: Submission): void {
    const { signal } = submission;
    const refusal = this.#closed ?? (signal?.aborted ? cancelled(signal) : undefined);
    if (refusal !== undefined) return submission.settle({ ok: false, error: refusal });
    let pending: Pending;
    try {
      pending = newPending(this.#nextId++, submission, this.#clock.now());
    } catch (cause) {
      return submission.settle({ ok: false, error: unreadable(cause) });
    }
    if (!this.#prepare(pending)) return;
    if (this.#queue.head !== undefined || !this.#send(pending)) this.#wait(pending);
    if (pending.state === 'settled') return;
    if (signal !== undefined) this.#aborts.add(signal, pending);
    this.#deadlines.arm(dueAt(pending));
  }

  /**
   * A connection is ready or reports new limits: sends what is queued. Requests sent on another connection are still
   * answered there.
   */
  connected(hello: Hello, channel: RequestChannel): void {
    if (this.#closed !== undefined) return;
    const before = this.#route;
    if (before?.channel === channel) before.hello = hello;
    else {
      this.#route = { channel, hello, unanswered: 0, rows: 0 };
      if (before?.unanswered === 0) before.channel.release();
    }
    this.#pump();
  }

  /** A connection is lost: its unanswered requests return to the head of the queue, in order. */
  lost(channel: RequestChannel): void {
    if (this.#route?.channel === channel) this.#route = undefined;
    const sent = [...this.#known.values()].filter(({ state }) => state === 'sent');
    /** Places held by requests on other connections: an older request with the same place is not worth sending. */
    const placesTaken = new Set<string>();
    for (const pending of sent.reverse()) {
      if (pending.route?.channel !== channel) {
        if (pending.place !== undefined) placesTaken.add(pending.place);
        continue;
      }
      pending.state = 'held';
      pending.losses += 1;
      if (pending.losses >= MAX_LOSSES) {
        const text = `the connection was lost ${MAX_LOSSES} times while this request was in flight; it is not sent again`;
        this.#fail(pending, localError('INTERNAL', text));
        continue;
      }
      if (this.#queue.holder(pending.place) !== undefined || placesTaken.has(pending.place ?? '')) {
        this.#fail(pending, superseded());
        continue;
      }
      pending.state = 'waiting';
      this.#queue.unshift(pending);
    }
    this.#pump();
  }

  /** A raw `prediction` event. Answers to unknown requests are ignored. */
  prediction(raw: unknown): void {
    const pending = this.#pendingOf(raw);
    const value = pending && parsePrediction(raw);
    if (pending === undefined || value === undefined) return;
    this.#settle(pending, { ok: true, value: withRoundTrip(value, pending, this.#clock.now()) });
    this.#pump();
  }

  /** A raw `prediction_error` event. */
  predictionError(raw: unknown): void {
    const pending = this.#pendingOf(raw);
    const error = pending && parseWireError(raw);
    if (pending === undefined || error === undefined) return;
    this.#fail(pending, new TickcastError(error));
    this.#pump();
  }

  /** Settles everything, and every later request, with this error. */
  close(error: TickcastError): void {
    this.#closed = error;
    this.#route = undefined;
    this.#deadlines.close();
    for (const pending of [...this.#known.values(), ...this.#queue.items()]) this.#fail(pending, error);
  }

  /** Queues a held request: in the place of an older one with the same key, else at the end. */
  #wait(pending: Pending): void {
    const older = this.#queue.holder(pending.place);
    if (this.#queue.rows - (older?.rows ?? 0) + pending.rows > this.#maxQueuedRows) {
      return this.#fail(pending, this.#queueFull(pending));
    }
    pending.state = 'waiting';
    if (older === undefined) return this.#queue.push(pending);
    this.#queue.replace(older, pending);
    older.state = 'held';
    this.#withdraw(older, superseded());
    // It may need less credit than the previous head.
    this.#pump();
  }

  #pump(): void {
    for (
      let pending = this.#queue.head;
      pending !== undefined && this.#route !== undefined;
      pending = this.#queue.head
    ) {
      this.#queue.remove(pending);
      pending.state = 'held';
      if (this.#prepare(pending) && !this.#send(pending)) {
        pending.state = 'waiting';
        this.#queue.unshift(pending);
        return;
      }
    }
  }

  /** Prepares a held request's input for the current connection. False when that settles it instead. */
  #prepare(pending: Pending): boolean {
    const route = this.#route;
    const hello = route?.hello;
    if (hello !== undefined && pending.preparedFor === hello) return true;
    const { captured, submission } = pending;
    try {
      if (route === undefined || hello === undefined) {
        pending.rows = guessRows(captured);
        return true;
      }
      const prepared = prepareInput(captured, submission.fields, hello, route.channel.base64);
      if (prepared.ok) {
        pending.wire = prepared.value.value;
        pending.rows = prepared.value.rows;
        pending.preparedFor = hello;
        return true;
      }
      this.#fail(pending, new TickcastError(prepared.error));
    } catch (cause) {
      this.#fail(pending, unreadable(cause));
    }
    return false;
  }

  /** Sends a held and prepared request. False when it has to wait; true also when it is settled instead. */
  #send(pending: Pending): boolean {
    const route = this.#route;
    if (route?.hello === undefined || route.rows + pending.rows > route.hello.limits.maxInFlightRows) return false;
    const { id, submission, wire } = pending;
    // Taken before sending: encoding takes time, and the hub may already be working by the end of `predict`.
    const sentAt = this.#clock.now();
    const timeoutMs = Math.max(1, Math.ceil(pending.deadline - sentAt));
    // The id comes first, where the hub can read it without reading the rest.
    const request = { id, input: wire, timeoutMs, ...submission.fields };
    try {
      if (!route.channel.predict(request)) {
        // The socket has noticed a loss that it has yet to report.
        route.hello = undefined;
        return false;
      }
    } catch (cause) {
      this.#fail(pending, unreadable(cause));
      return true;
    }
    pending.state = 'sent';
    pending.sentAt = sentAt;
    pending.firstSentAt ??= sentAt;
    pending.route = route;
    this.#known.set(id, pending);
    route.unanswered += 1;
    route.rows += pending.rows;
    return true;
  }

  #abort(pending: Pending, signal: AbortSignal): void {
    this.#withdraw(pending, cancelled(signal));
    this.#pump();
  }

  /** Settles what is due and returns the next deadline. */
  #expire(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const pending of [...this.#known.values(), ...this.#queue.items()]) {
      const due = dueAt(pending);
      if (due > now) next = Math.min(next, due);
      else this.#withdraw(pending, localError('DEADLINE_EXCEEDED', this.#lateness(pending)));
    }
    this.#pump();
    return next;
  }

  /** Settles a request from this side, and tells the hub if it may know it. */
  #withdraw(pending: Pending, error: TickcastError): void {
    if (pending.state === 'settled') return;
    // Before settling: the request may be what its connection was kept open for.
    if (this.#known.has(pending.id)) {
      const route = pending.state === 'sent' ? pending.route : this.#route;
      route?.channel.cancel(pending.id);
    }
    this.#fail(pending, error);
  }

  #fail(pending: Pending, error: TickcastError): void {
    this.#settle(pending, { ok: false, error });
  }

  /** The only place where a request ends. */
  #settle(pending: Pending, result: PredictResult): void {
    if (pending.state === 'settled') return;
    if (pending.state === 'waiting') this.#queue.remove(pending);
    if (pending.state === 'sent') this.#leave(pending);
    pending.state = 'settled';
    this.#known.delete(pending.id);
    const { signal, settle } = pending.submission;
    if (signal !== undefined) this.#aborts.remove(signal, pending);
    settle(result);
  }

  /** Removes a sent request from its route; the last one on an outdated connection releases it. */
  #leave({ route, rows }: Pending): void {
    if (route === undefined) return;
    route.unanswered -= 1;
    route.rows -= rows;
    if (route.unanswered === 0 && route !== this.#route && this.#closed === undefined) route.channel.release();
  }

  #pendingOf(raw: unknown): Pending | undefined {
    if (!isRecord(raw)) return undefined;
    const { id } = raw;
    return typeof id === 'number' ? this.#known.get(id) : undefined;
  }

  #queueFull(pending: Pending): TickcastError {
    const rows = `${this.#queue.rows} rows wait in the client, maxQueuedRows is ${this.#maxQueuedRows}`;
    return localError('OVERLOADED', `${rows}: no room for ${pending.rows} more; ${this.#reason()}`);
  }

  #lateness(pending: Pending): string {
    const { timeoutMs } = pending.submission;
    if (pending.state === 'sent') return `no answer within ${timeoutMs} ms`;
    return `not sent within ${timeoutMs} ms: ${this.#reason()}`;
  }

  #reason(): string {
    return this.#obstacle() ?? 'the rows in flight use up the credit that the hub gives one connection';
  }
}
