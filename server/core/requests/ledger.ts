/** Every request in flight. The one place where a request is settled, and so the place where it is settled exactly once. */

import { type ErrorCode, wireError } from '../../../shared/errors.js';
import { DeadlineTimer } from '../../../shared/time/deadline-timer.js';
import type { Clock } from '../../contracts/clock.js';
import type { Outcome } from '../../contracts/outcome.js';
import { RecentReceipts } from '../receipts.js';
import type { Taps } from '../taps.js';
import type { HubStats } from './hub-stats.js';
import type { Pending } from './request.js';

/** A request is answered DEADLINE_EXCEEDED at most so much late. */
const SWEEP_GAP_MS = 10;
/** And no timer runs for longer once nothing is in flight. */
const LONGEST_WAIT_MS = 100;

export class Ledger {
  readonly stats: HubStats = { accepted: 0, settled: 0, refused: 0, predicted: 0, errors: {}, batches: 0, rows: 0 };
  /** Of the predictions of the last seconds. */
  readonly receipts = new RecentReceipts();
  readonly #inFlight = new Set<Pending>();
  readonly #deadlines: DeadlineTimer;
  readonly #taps: Taps;
  #whenIdle: (() => void)[] = [];

  constructor(clock: Clock, taps: Taps) {
    this.#taps = taps;
    this.#deadlines = new DeadlineTimer(clock, SWEEP_GAP_MS, (now) => this.#expireAll(now), LONGEST_WAIT_MS);
  }

  /** Requests in flight. */
  get size(): number {
    return this.#inFlight.size;
  }

  accept(pending: Pending): void {
    this.#inFlight.add(pending);
    pending.origin.inFlightRows += pending.rows;
    pending.origin.principal.inFlightRows += pending.rows;
    pending.origin.requests.set(pending.id ?? pending, pending);
    if (pending.key !== undefined) pending.origin.keyed.set(pending.key, pending);
    this.#deadlines.arm(pending.deadline);
    this.stats.accepted += 1;
  }

  /** Gives a request its one answer and lets go of all that it held. False when it was settled before. */
  settle(pending: Pending, outcome: Outcome): boolean {
    if (pending.settled) return false;
    pending.settled = true;
    pending.queue.release(pending);
    pending.origin.inFlightRows -= pending.rows;
    pending.origin.principal.inFlightRows -= pending.rows;
    pending.origin.requests.delete(pending.id ?? pending);
    if (pending.key !== undefined) pending.origin.forgetKey(pending.key, pending);
    this.#inFlight.delete(pending);
    this.stats.settled += 1;
    if (outcome.ok) {
      this.stats.predicted += 1;
      if (outcome.timing !== undefined)
        this.receipts.record(outcome.timing, pending.acceptedAt + outcome.timing.totalUs / 1000);
    } else this.#count(outcome.error.code);
    try {
      pending.settle(outcome);
    } catch (cause) {
      // One transport's fault must not cost the other requests of the batch their answers.
      this.#taps.fault('settle', cause);
    }
    if (outcome.ok) this.#taps.predicted(pending, outcome);
    else this.#taps.failed(pending, outcome.error);
    if (this.#inFlight.size === 0) this.#wakeIdle();
    return true;
  }

  /** Settles a request whose time is up. */
  expire(pending: Pending): void {
    const waitedMs = Math.round(pending.deadline - pending.acceptedAt);
    const message = `no answer within ${waitedMs} ms; the engine was busy or failed. Retry, or ask for a longer timeoutMs`;
    this.settle(pending, { ok: false, error: wireError('DEADLINE_EXCEEDED', message) });
  }

  /** Settles what is due, and answers the earliest deadline that is left. */
  #expireAll(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const pending of this.#inFlight) {
      if (pending.deadline <= now) this.expire(pending);
      else if (pending.deadline < next) next = pending.deadline;
    }
    return next;
  }

  /** Counts a request that never came in. */
  refuse(code: ErrorCode): void {
    this.stats.refused += 1;
    this.#count(code);
  }

  /** Settles everything in flight with one error; how many there were. */
  abandon(code: ErrorCode, message: string): number {
    const left = [...this.#inFlight];
    for (const pending of left) this.settle(pending, { ok: false, error: wireError(code, message) });
    return left.length;
  }

  /** Calls back once, when nothing is in flight; at once if nothing is. */
  whenIdle(run: () => void): void {
    if (this.#inFlight.size === 0) run();
    else this.#whenIdle.push(run);
  }

  close(): void {
    this.#deadlines.close();
  }

  #count(code: ErrorCode): void {
    this.stats.errors[code] = (this.stats.errors[code] ?? 0) + 1;
  }

  #wakeIdle(): void {
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const run of waiting) run();
  }
}
