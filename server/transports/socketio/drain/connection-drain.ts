/**
 * How connections leave a hub that drains, before it refuses anything: spread, each when it has nothing in flight. Knows no Socket.IO.
 */

import type { Clock } from '../../../contracts/clock.js';

/** A connection that is to go. */
export interface Drainable {
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

export interface DrainPlan {
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

interface Leaving {
  /** When it begins to leave. */
  readonly at: number;
  /** Since when it has had nothing in flight and asked nothing. */
  quietAt: number;
  requests: number;
  closedAt: number | undefined;
  isOver: boolean;
}

export class ConnectionDrain {
  readonly #clock: Clock;
  readonly #random: () => number;

  /** `random` answers from 0 to 1. */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Sees off all that are `present`, those that come meanwhile included. Resolves when none is left, or at the deadline. */
  run(present: () => Iterable<Drainable>, plan: DrainPlan): Promise<void> {
    const leavings = new Map<Drainable, Leaving>();
    const first = [...present()];
    const slotMs = plan.spreadMs / Math.max(1, first.length);
    for (const [slot, drainable] of first.entries()) {
      leavings.set(drainable, this.#depart(drainable, slotMs * (slot + this.#random())));
    }
    return new Promise((resolve) => {
      const tick = (): void => {
        for (const drainable of present())
          if (!leavings.has(drainable)) leavings.set(drainable, this.#depart(drainable, 0));
        let left = 0;
        for (const [drainable, leaving] of leavings) {
          leaving.isOver ||= drainable.gone || this.#advance(drainable, leaving, plan);
          if (!leaving.isOver) left += 1;
        }
        if (left === 0 || this.#clock.now() >= plan.deadline) resolve();
        else this.#clock.setTimer(TICK_MS, tick);
      };
      tick();
    });
  }

  #depart({ requests }: Drainable, delayMs: number): Leaving {
    const at = this.#clock.now() + delayMs;
    return { at, quietAt: at, requests, closedAt: undefined, isOver: false };
  }

  /** Does what is due; true when nothing more is. */
  #advance(drainable: Drainable, leaving: Leaving, { patienceMs }: DrainPlan): boolean {
    const now = this.#clock.now();
    if (now < leaving.at) return false;
    if (leaving.closedAt !== undefined) {
      if (now - leaving.closedAt < LINGER_MS) return false;
      drainable.destroy();
      return true;
    }
    const { inFlight, requests } = drainable;
    if (drainable.resends || now - leaving.at >= patienceMs) {
      drainable.stopReading();
    } else {
      if (inFlight > 0 || requests !== leaving.requests) leaving.quietAt = now;
      leaving.requests = requests;
      if (now - leaving.quietAt < QUIET_MS) return false;
    }
    if (inFlight > 0) return false;
    drainable.close();
    leaving.closedAt = now;
    return false;
  }
}
