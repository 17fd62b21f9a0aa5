/** One request between its call and its settlement. */

import type { Hello } from '../../shared/protocol.js';
import type { RequestChannel } from '../connection/channels.js';
import { localError, type TickcastError } from '../error.js';
import type { RequestFields } from '../options.js';
import type { ClientPrediction } from './prediction.js';
import type { QueueItem } from './send-queue.js';
import { captureInput } from './typed-arrays.js';

/** The result of one request. */
export type PredictResult<Answer = ClientPrediction> =
  | { readonly ok: true; readonly value: Answer }
  | { readonly ok: false; readonly error: TickcastError };

/** One call of `predict`. */
export interface Submission {
  readonly input: unknown;
  readonly fields: RequestFields;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called exactly once, possibly before `submit` returns. */
  readonly settle: (result: PredictResult) => void;
}

/** How long a sent request waits beyond its timeout, in milliseconds, for the hub's own DEADLINE_EXCEEDED. */
export const GRACE_MS = 100;

/** One connection as requests see it, from its hello to its loss. */
export interface Route {
  readonly channel: RequestChannel;
  /** Undefined when nothing can be sent any more: a loss yet to be reported. */
  hello: Hello | undefined;
  /** Requests and rows sent on it and not answered. */
  unanswered: number;
  rows: number;
}

/** A request that is not settled, and its state. */
export interface Pending extends QueueItem<Pending> {
  readonly id: number;
  readonly submission: Submission;
  /** The input as captured at the call. */
  readonly captured: unknown;
  /** By the client's clock. */
  readonly deadline: number;
  /** `held` by the function that moves it; `waiting` in the queue; `sent` on its route. */
  state: 'held' | 'waiting' | 'sent' | 'settled';
  /** Where it was last sent. */
  route: Route | undefined;
  /** The input in wire form, and the hello it was prepared for. */
  wire: unknown;
  preparedFor: Hello | undefined;
  rows: number;
  /** When it was last sent, and first, by the client's clock. */
  sentAt: number;
  firstSentAt: number | undefined;
  losses: number;
}

/** Creates a request from a call at time `now`. Throws what the input's getters throw. */
export function newPending(id: number, submission: Submission, now: number): Pending {
  return {
    id,
    submission,
    captured: captureInput(submission.input),
    deadline: now + submission.timeoutMs,
    state: 'held',
    route: undefined,
    wire: undefined,
    preparedFor: undefined,
    rows: 1,
    place: placeOf(submission.fields),
    sentAt: 0,
    firstSentAt: undefined,
    losses: 0,
    before: undefined,
    after: undefined,
  };
}

/** Latest wins: among queued requests with the same key and model reference, only the newest is worth sending. */
function placeOf({ key, model }: RequestFields): string | undefined {
  return key === undefined ? undefined : `${model ?? ''} ${key}`;
}

/** When the client settles the request itself, if nothing else has. */
export function dueAt(pending: Pending): number {
  return pending.state === 'sent' ? pending.deadline + GRACE_MS : pending.deadline;
}

export function cancelled(signal: AbortSignal): TickcastError {
  return localError('CANCELLED', 'the request was aborted by its signal', signal.reason);
}

export function superseded(): TickcastError {
  return localError('SUPERSEDED', 'a newer request with the same key took the place of this one in the client');
}

/** The error for an input whose getters, proxies or encoding throw. */
export function unreadable(cause: unknown): TickcastError {
  return localError('INVALID_INPUT', 'input cannot be read; give plain numbers, strings or typed arrays', cause);
}
