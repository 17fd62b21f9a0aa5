/**
 * Asks the admission rule about a request, and tells one that is refused when to come again, so that it is let in then. Knows what is counted
 * where; does not know what a request holds.
 */

import { type WireError, wireError } from '../../../shared/errors.js';
import type { RequestId } from '../../../shared/protocol.js';
import type { Clock } from '../../contracts/clock.js';
import type { ModelQueue } from '../batches/model-queue.js';
import type { Scheduler } from '../scheduler.js';
import { ALPHA, admit, LEAST_ROWS, type Refusal } from './admission.js';
import type { Origin } from './request.js';
import { type RetrySlot, RetrySlots } from './retry-slots.js';

/** What is asked of a request. */
export interface Entry {
  readonly rows: number;
  readonly timeoutMs: number;
  readonly id: RequestId | undefined;
  /** Rows of the request whose place it takes; below 0: of those before it that are not counted yet. */
  readonly freedRows: number;
}

/** Longest advice to wait, in milliseconds: the estimate of a jammed queue says little. */
const MAX_RETRY_AFTER_MS = 10_000;
/** Rows leave no quicker than expected; a little later is let in, a little earlier is not. Of rows that wait, and of answers. */
const MARGIN = 1.1;
const ANSWER_MARGIN = 1.3;
/** The process stands still for so long at times, in milliseconds, on a machine that others use: who was told a shorter time would come too early. */
const STANDSTILL_MS = 50;
const NO_QUEUE = { rows: 0, principalRows: 0, freeRows: Number.POSITIVE_INFINITY, promised: 0 };

export class AdmissionControl {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #maxPrincipalRows: number;

  constructor(clock: Clock, scheduler: Scheduler, maxPrincipalRows: number) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#maxPrincipalRows = maxPrincipalRows;
  }

  /** Why a request may not come in, and when to come again. Undefined: it may, and the place that it was promised is taken. */
  refuses(entry: Entry, origin: Origin, queue: ModelQueue): WireError | undefined {
    const { retries } = origin.principal;
    const slot = retries && this.#due(retries, entry, origin);
    if (slot !== undefined) retries?.end(slot);
    return this.#ask(entry, origin, queue, slot !== undefined);
  }

  /** The same of a request of which only the least number of its rows is known. `queue`: undefined when its model is not known either. */
  refusesUnread(entry: Entry, origin: Origin, queue: ModelQueue | undefined): WireError | undefined {
    const { retries } = origin.principal;
    const slot = retries && this.#due(retries, entry, origin);
    // A place that is for anybody is taken by the first of those that are read together.
    const isAwaited = slot !== undefined && (entry.freedRows === 0 || (entry.id !== undefined && slot.id === entry.id));
    return this.#ask(entry, origin, queue, isAwaited);
  }

  /** The place that this request comes for. */
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

  /** Nothing is promised to anybody, and there is room: the way of nearly every request, without an object made. */
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

  /** Until the turn of these rows would come. The wait of all is a bound that needs no look at whose rows they are. */
  #waitMs({ rows, timeoutMs }: Entry, origin: Origin, queue: ModelQueue, promised: number): number {
    const ofAllMs = this.#scheduler.expectedWaitMs();
    if (ofAllMs <= timeoutMs / 2) return ofAllMs;
    const waitMs = this.#scheduler.expectedWaitMsOf(queue, origin, rows);
    // Promises count only where the wait is long, so that nobody waits for those who do not come.
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
    // Where others wait for the same room, who asks anew goes before one who comes late. Nobody else waits for an origin's credit.
    const isOfAnswers = until.scope === 'origin' || until.scope === 'principal';
    const margin = isOfAnswers ? ANSWER_MARGIN : MARGIN;
    const rowMs = queue === undefined ? 0 : margin * drainMs(queue, until.scope, origin);
    // Credit is free again a batch later than the queue: with the answers.
    const stepsMs = (until.scope === 'origin' ? 2 : 1) * (queue?.stepMs() ?? 0);
    const leastMs = until.scope === 'wait' ? until.ms : this.#scheduler.runningMs() + stepsMs + until.rows * rowMs;
    const waitMs = isOfAnswers ? leastMs + Math.min(leastMs, STANDSTILL_MS) : leastMs;
    // Behind the last one who was told a time, as far as its rows take.
    const afterLastMs = keeper.promisedRows > 0 ? keeper.lastAt + entry.rows * rowMs - now : 0;
    const retryAfterMs = Math.min(MAX_RETRY_AFTER_MS, Math.max(1, Math.ceil(Math.max(waitMs, afterLastMs))));
    retries.promise({ origin, id: entry.id, keeper, rows: entry.rows, at: now + retryAfterMs });
    return retryAfterMs;
  }
}

/**
 * The rule for the common case, from numbers alone: true only where {@link admit} would accept, whatever is promised to nobody. The wait is the
 * caller's to look at.
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

/** The same of a queue. */
export function clearlyHasRoom(rows: number, queueRows: number, principalRows: number, freeRows: number): boolean {
  const own = principalRows + rows;
  return rows <= freeRows && (queueRows === 0 || own <= LEAST_ROWS || own <= ALPHA * (freeRows - rows));
}

/** Time in which one row leaves: of what is over its bound. */
function drainMs(queue: ModelQueue, scope: Refusal['until']['scope'], origin: Origin): number {
  if (scope === 'queue') return queue.drainMs();
  return queue.drainMsOf(origin.principal, scope === 'origin' ? origin : undefined);
}
