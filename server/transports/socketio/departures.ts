/**
 * How connections leave a hub that drains, before it refuses anything: spread, each when it has nothing in flight. Knows no Socket.IO.
 */

import type { Clock } from '../../contracts/clock.js';

/** A connection that is to go. */
export interface Leaver {
  /** True for a client that sends again, on its next connection, what has no answer on this one. */
  readonly resends: boolean;
  /** Requests of it that are not answered. */
  readonly inFlight: number;
  /** `predict` events so far. */
  readonly requests: number;
  /** Leaves further requests unread. */
  stopReading(): void;
  /** Closes it behind its last answer. */
  close(): void;
  /** Nothing is left of it. */
  readonly gone: boolean;
  /** Ends it at once. */
  destroy(): void;
}

export interface DeparturePlan {
  /** Over how long connections begin to leave. */
  readonly spreadMs: number;
  /** How long one that goes on asking is waited for. */
  readonly patienceMs: number;
  /** When all of it ends, on the clock. */
  readonly deadline: number;
}

/** Without a request for so long: what it sent before it learns of the close is unlikely to be on its way. */
const QUIET_MS = 50;
/** A client that was told and has not taken its leave by then is cut. */
const LINGER_MS = 1_000;
const TICK_MS = 10;

interface Departure {
  /** When it begins to leave. */
  readonly at: number;
  /** Since when it has had nothing in flight and asked nothing. */
  quietAt: number;
  requests: number;
  closedAt: number | undefined;
  isOver: boolean;
}

export class Departures {
  readonly #clock: Clock;
  readonly #random: () => number;

  /** `random` answers from 0 to 1. */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Sees off all that are `present`, those that come meanwhile included. Resolves when none is left, or at the deadline. */
  run(present: () => Iterable<Leaver>, plan: DeparturePlan): Promise<void> {
    const departures = new Map<Leaver, Departure>();
    const first = [...present()];
    const slotMs = plan.spreadMs / Math.max(1, first.length);
    for (const [slot, leaver] of first.entries()) {
      departures.set(leaver, this.#depart(leaver, slotMs * (slot + this.#random())));
    }
    return new Promise((resolve) => {
      const tick = (): void => {
        for (const leaver of present()) if (!departures.has(leaver)) departures.set(leaver, this.#depart(leaver, 0));
        let left = 0;
        for (const [leaver, departure] of departures) {
          departure.isOver ||= leaver.gone || this.#advance(leaver, departure, plan);
          if (!departure.isOver) left += 1;
        }
        if (left === 0 || this.#clock.now() >= plan.deadline) resolve();
        else this.#clock.setTimer(TICK_MS, tick);
      };
      tick();
    });
  }

  #depart({ requests }: Leaver, delayMs: number): Departure {
    const at = this.#clock.now() + delayMs;
    return { at, quietAt: at, requests, closedAt: undefined, isOver: false };
  }

  /** Does what is due; true when nothing more is. */
  #advance(leaver: Leaver, departure: Departure, { patienceMs }: DeparturePlan): boolean {
    const now = this.#clock.now();
    if (now < departure.at) return false;
    if (departure.closedAt !== undefined) {
      if (now - departure.closedAt < LINGER_MS) return false;
      leaver.destroy();
      return true;
    }
    const { inFlight, requests } = leaver;
    if (leaver.resends || now - departure.at >= patienceMs) {
      leaver.stopReading();
    } else {
      if (inFlight > 0 || requests !== departure.requests) departure.quietAt = now;
      departure.requests = requests;
      if (now - departure.quietAt < QUIET_MS) return false;
    }
    if (inFlight > 0) return false;
    leaver.close();
    departure.closedAt = now;
    return false;
  }
}
