/** Every request in flight. The only place where a request is settled, which is what makes it exactly once. */

import { type ErrorCode, wireError } from '../../../shared/errors.js';
import { DeadlineTimer } from '../../../shared/time/deadline-timer.js';
import type { Clock } from '../../contracts/clock.js';
import type { Outcome } from '../../contracts/outcome.js';
import { RecentReceipts } from '../receipts.js';
import type { Taps } from '../taps.js';
import type { HubStats } from './hub-stats.js';
import type { Pending } from './request.js';

/** Maximum delay of DEADLINE_EXCEEDED after the deadline, in milliseconds. */
const SWEEP_GAP_MS = 10;
/** Longest timer that may still run once nothing is in flight, in milliseconds. */
const LONGEST_WAIT_MS = 100;

export class Ledger {
  readonly stats: HubStats = { accepted: 0, settled: 0, refused: 0, predicted: 0, errors: {}, batches: 0, rows: 0 };
  /** Receipts of the last seconds. */
  readonly receipts = new RecentReceipts();
  readonly #inFlight = new Set<Pending>();
  readonly #deadlines: DeadlineTimer;
  readonly #taps: Taps;
  #whenIdle: (() => void)[] = [];

  constructor(clock: Clock, taps: Taps) {
    this.#taps = taps;
    this.#deadlines = new DeadlineTimer(clock, SWEEP_GAP_MS, (now) => this.#expireAll(now), LONGEST_WAIT_MS);
  }

  /** Number of requests in flight. */
  get size(): number {
    return this.#inFlight.size;
  }

  accept(pending: Pending): void {
    this.#inFlight.add(pending);
    pending.origin.inFlightRows += pending.rows;
    const { principal } = pending.origin;
    principal.inFlight += 1;
    principal.inFlightRows += pending.rows;
    pending.origin.requests.set(pending.id ?? pending, pending);
    if (pending.key !== undefined) pending.origin.keyed.set(pending.key, pending);
    this.#deadlines.arm(pending.deadline);
    this.stats.accepted += 1;
  }

  /** Gives a request its answer and releases everything it held. False when it was already settled. */
  settle(pending: Pending, outcome: Outcome): boolean {
    if (pending.settled) return false;
    pending.settled = true;
    pending.queue.release(pending);
    pending.origin.inFlightRows -= pending.rows;
    const { principal } = pending.origin;
    principal.inFlight -= 1;
    principal.inFlightRows -= pending.rows;
    if (outcome.ok) principal.predicted += 1;
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
      // A fault in one transport must not cost the batch's other requests their answers.
      this.#taps.fault('settle', cause);
    }
    if (outcome.ok) this.#taps.predicted(pending, outcome);
    else this.#taps.failed(pending, outcome.error);
    if (this.#inFlight.size === 0) this.#wakeIdle();
    return true;
  }

  /** Settles a request whose deadline has passed. */
  expire(pending: Pending): void {
    const waitedMs = Math.round(pending.deadline - pending.acceptedAt);
    const message = `no answer within ${waitedMs} ms; the engine was busy or failed. Retry, or ask for a longer timeoutMs`;
    this.settle(pending, { ok: false, error: wireError('DEADLINE_EXCEEDED', message) });
  }

  /** Settles what is due, and returns the earliest remaining deadline. */
  #expireAll(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const pending of this.#inFlight) {
      if (pending.deadline <= now) this.expire(pending);
      else if (pending.deadline < next) next = pending.deadline;
    }
    return next;
  }

  /** Counts a refused request. */
  refuse(code: ErrorCode): void {
    this.stats.refused += 1;
    this.#count(code);
  }

  /** Settles everything in flight with one error; returns the number of requests. */
  abandon(code: ErrorCode, message: string): number {
    const left = [...this.#inFlight];
    for (const pending of left) this.settle(pending, { ok: false, error: wireError(code, message) });
    return left.length;
  }

  /** Calls back once, when nothing is in flight; immediately if nothing is. */
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
