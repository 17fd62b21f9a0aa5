/** One request between its call and its settlement. */

import type { Hello } from '../../shared/protocol.js';
import type { RequestChannel } from '../connection/channels.js';
import { localError, type TickcastError } from '../error.js';
import type { RequestFields } from '../options.js';
import type { ClientPrediction } from './prediction.js';
import type { QueueItem } from './send-queue.js';
import { captureInput } from './typed-arrays.js';

/** How one request ended. */
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

/** How much longer than its timeout a sent request waits, in milliseconds, for the hub to say so itself. */
export const GRACE_MS = 100;

/** One connection, from its hello to its loss, as requests know it. */
export interface Route {
  readonly channel: RequestChannel;
  /** Undefined when nothing can leave any more: a loss that is yet to be reported. */
  hello: Hello | undefined;
  /** Requests and rows that were sent on it and are not answered. */
  unanswered: number;
  rows: number;
}

/** A request that is not settled, and what is known of it. */
export interface Pending extends QueueItem<Pending> {
  readonly id: number;
  readonly submission: Submission;
  /** The input as it stood at the call. */
  readonly captured: unknown;
  /** On the client's clock. */
  readonly deadline: number;
  /** `held` by the function that moves it; `waiting` in the line; `sent` on its route. */
  state: 'held' | 'waiting' | 'sent' | 'settled';
  /** Where it was sent last. */
  route: Route | undefined;
  /** The input as it travels, and the hello it was made for. */
  wire: unknown;
  preparedFor: Hello | undefined;
  rows: number;
  /** When it was sent last, and first, on the client's clock. */
  sentAt: number;
  firstSentAt: number | undefined;
  losses: number;
}

/** A request as it is at the call, at `now`. Throws what the input's getters throw. */
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

/** Latest wins: of the requests that wait with one key for one model reference, only the newest is worth sending. */
function placeOf({ key, model }: RequestFields): string | undefined {
  return key === undefined ? undefined : `${model ?? ''} ${key}`;
}

/** When the request is settled from this side, if nothing else has. */
export function dueAt(pending: Pending): number {
  return pending.state === 'sent' ? pending.deadline + GRACE_MS : pending.deadline;
}

export function cancelled(signal: AbortSignal): TickcastError {
  return localError('CANCELLED', 'the request was aborted by its signal', signal.reason);
}

export function superseded(): TickcastError {
  return localError('SUPERSEDED', 'a newer request with the same key took the place of this one in the client');
}

/** An input whose getters, proxies or encoding throw. */
export function unreadable(cause: unknown): TickcastError {
  return localError('INVALID_INPUT', 'input cannot be read; give plain numbers, strings or typed arrays', cause);
}
