/**
 * Applies the admission rule to a request, and gives a refused one a time to retry at which it will be admitted. Knows
 * where everything is counted; does not know what a request holds.
 */

import { type WireError, wireError } from '../../../shared/errors.js';
import type { RequestId } from '../../../shared/protocol.js';
import type { Clock } from '../../contracts/clock.js';
import type { ModelQueue } from '../batches/model-queue.js';
import type { Scheduler } from '../scheduler.js';
import { ALPHA, admit, LEAST_ROWS, type Refusal } from './admission.js';
import type { Origin } from './request.js';
import { type RetrySlot, RetrySlots } from './retry-slots.js';

/** The properties of a request that admission considers. */
export interface Entry {
  readonly rows: number;
  readonly timeoutMs: number;
  readonly id: RequestId | undefined;
  /** Rows of the request it replaces; negative: rows ahead of it that are not counted yet. */
  readonly freedRows: number;
}

/** Longest advised wait, in milliseconds: beyond it the estimate of a jammed queue means little. */
const MAX_RETRY_AFTER_MS = 10_000;
/**
 * Safety factor on the expected time for rows to leave, waiting or answered: a slightly late retry is admitted, an
 * early one is not.
 */
const MARGIN = 1.1;
const ANSWER_MARGIN = 1.3;
/**
 * Pauses of this length, in milliseconds, are normal for a process on a shared machine: a shorter advice would bring
 * the caller back too early.
 */
const STANDSTILL_MS = 50;
const NO_QUEUE = { rows: 0, principalRows: 0, freeRows: Number.POSITIVE_INFINITY, promised: 0 };

export interface AdmissionParts {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  readonly scheduler: Scheduler;
  readonly maxPrincipalRows: number;
}

export class AdmissionControl {
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  readonly #scheduler: Scheduler;
  readonly #maxPrincipalRows: number;

  constructor({ clock, wallNow, scheduler, maxPrincipalRows }: AdmissionParts) {
    this.#clock = clock;
    this.#wallNow = wallNow;
    this.#scheduler = scheduler;
    this.#maxPrincipalRows = maxPrincipalRows;
  }

  /** Why a request is refused, and when to retry. Undefined: admitted, and any place promised to it is used up. */
  refuses(entry: Entry, origin: Origin, queue: ModelQueue): WireError | undefined {
    const { retries } = origin.principal;
    const slot = retries && this.#due(retries, entry, origin);
    if (slot !== undefined) retries?.end(slot);
    return this.#ask(entry, origin, queue, slot !== undefined) ?? this.#overQuota(entry, origin);
  }

  /** Counts rows that were accepted against the quota of their key. */
  accepted(rows: number, { principal }: Origin): void {
    principal.account?.take(rows, this.#clock.now(), this.#wallNow());
  }

  /**
   * The same for a request of which only a minimum of rows is known. `queue`: undefined when its model is unknown too.
   */
  refusesUnread(entry: Entry, origin: Origin, queue: ModelQueue | undefined): WireError | undefined {
    const { retries } = origin.principal;
    const slot = retries && this.#due(retries, entry, origin);
    // An unclaimed place goes to the first of the requests read together.
    const isAwaited = slot !== undefined && (entry.freedRows === 0 || (entry.id !== undefined && slot.id === entry.id));
    return this.#overQuota(entry, origin) ?? this.#ask(entry, origin, queue, isAwaited);
  }

  #overQuota({ rows }: Entry, { principal }: Origin): WireError | undefined {
    return principal.account?.refuses(rows, this.#clock.now(), this.#wallNow());
  }

  /** The promised place that this request claims. */
  #due(retries: RetrySlots, { id }: Entry, origin: Origin): RetrySlot | undefined {
    if (retries.isEmpty) return undefined;
    const now = this.#clock.now();
    retries.sweep(now);
    return retries.due(origin, id, now);
  }

  #ask(entry: Entry, origin: Origin, queue: ModelQueue | undefined, isAwaited: boolean): WireError | undefined {
    const { rows, timeoutMs, freedRows } = entry;
    const { principal, inFlightRows, maxInFlightRows, promisedRows } = origin;
    if (this.#clearlyFits(entry, origin, queue)) return undefined;
    const promised = principal.retries?.promisedRows ?? 0;
    const refusal = admit({
      rows,
      timeoutMs,
      isAwaited,
      origin: { held: inFlightRows - freedRows, most: maxInFlightRows, promised: promisedRows },
      principal: { held: principal.inFlightRows - freedRows, most: this.#maxPrincipalRows, promised },
      queue:
        queue === undefined
          ? NO_QUEUE
          : {
              rows: queue.rows - freedRows,
              principalRows: queue.rowsOf(principal) - freedRows,
              freeRows: queue.freeRows(freedRows),
              promised: queue.promisedRows,
            },
      expectedWaitMs: queue === undefined ? 0 : this.#waitMs(entry, origin, queue, isAwaited ? 0 : promised),
    });
    return refusal && wireError('OVERLOADED', refusal.message, this.#retryAfterMs(refusal, entry, origin, queue));
  }

  /** Nothing is promised to anybody, and there is room: the path of nearly every request, without allocating. */
  #clearlyFits({ rows, timeoutMs, freedRows }: Entry, origin: Origin, queue: ModelQueue | undefined): boolean {
    const { principal, inFlightRows, maxInFlightRows } = origin;
    if (freedRows !== 0 || origin.promisedRows !== 0) return false;
    if (principal.retries !== undefined && !principal.retries.isEmpty) return false;
    if (!clearlyFits(rows, inFlightRows, maxInFlightRows, principal.inFlightRows, this.#maxPrincipalRows)) return false;
    if (queue === undefined) return true;
    if (queue.promisedRows !== 0) return false;
    if (!clearlyHasRoom(rows, queue.rows, queue.rowsOf(principal), queue.freeRows(0))) return false;
    return this.#scheduler.expectedWaitMs() <= timeoutMs / 2;
  }

  /** Time until the turn of these rows. The wait of all rows is an upper bound that needs no per-origin accounting. */
  #waitMs({ rows, timeoutMs }: Entry, origin: Origin, queue: ModelQueue, promised: number): number {
    const ofAllMs = this.#scheduler.expectedWaitMs();
    if (ofAllMs <= timeoutMs / 2) return ofAllMs;
    const waitMs = this.#scheduler.expectedWaitMsOf(queue, origin, rows);
    // Promises count only when the wait is long, so that nobody waits for callers who never return.
    return waitMs <= timeoutMs / 2 ? waitMs : waitMs + promised * queue.drainMsOf(origin.principal);
  }

  #retryAfterMs({ until }: Refusal, entry: Entry, origin: Origin, asked: ModelQueue | undefined): number {
    const now = this.#clock.now();
    origin.principal.retries ??= new RetrySlots();
    const { retries } = origin.principal;
    const toldAt = retries.toldBefore(origin, entry.id, now);
    if (toldAt !== undefined) return Math.max(1, Math.ceil(toldAt - now));
    const queue = asked ?? this.#scheduler.longestQueue();
    const keeper = until.scope === 'origin' ? origin : until.scope === 'queue' && asked !== undefined ? asked : retries;
    // Where others compete for the same room, a repeated request precedes a late one. Nobody else competes for an
    // origin's credit.
    const isOfAnswers = until.scope === 'origin' || until.scope === 'principal';
    const margin = isOfAnswers ? ANSWER_MARGIN : MARGIN;
    const rowMs = queue === undefined ? 0 : margin * drainMs(queue, until.scope, origin);
    // Credit is released a batch later than queue room: with the answers.
    const stepsMs = (until.scope === 'origin' ? 2 : 1) * (queue?.stepMs() ?? 0);
    const leastMs = until.scope === 'wait' ? until.ms : this.#scheduler.runningMs() + stepsMs + until.rows * rowMs;
    const waitMs = isOfAnswers ? leastMs + Math.min(leastMs, STANDSTILL_MS) : leastMs;
    // After the last caller that was given a time, by the time its rows take.
    const afterLastMs = keeper.promisedRows > 0 ? keeper.lastAt + entry.rows * rowMs - now : 0;
    const retryAfterMs = Math.min(MAX_RETRY_AFTER_MS, Math.max(1, Math.ceil(Math.max(waitMs, afterLastMs))));
    retries.promise({ origin, id: entry.id, keeper, rows: entry.rows, at: now + retryAfterMs });
    return retryAfterMs;
  }
}

/**
 * The rule for the common case, from numbers alone: true only if {@link admit} would accept regardless of promises. The
 * caller checks the wait.
 */
export function clearlyFits(
  rows: number,
  originRows: number,
  mostOriginRows: number,
  principalRows: number,
  mostPrincipalRows: number,
): boolean {
  return originRows + rows <= mostOriginRows && principalRows + rows <= mostPrincipalRows;
}

/** The same for a queue. */
export function clearlyHasRoom(rows: number, queueRows: number, principalRows: number, freeRows: number): boolean {
  const own = principalRows + rows;
  return rows <= freeRows && (queueRows === 0 || own <= LEAST_ROWS || own <= ALPHA * (freeRows - rows));
}

/** Time for one row to leave whatever is over its bound. */
function drainMs(queue: ModelQueue, scope: Refusal['until']['scope'], origin: Origin): number {
  if (scope === 'queue') return queue.drainMs();
  return queue.drainMsOf(origin.principal, scope === 'origin' ? origin : undefined);
}
