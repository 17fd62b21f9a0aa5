/**
 * Closes connections of a draining hub before it refuses anything: spread over time, each when it has nothing in
 * flight. Knows no Socket.IO.
 */

import type { Clock } from '../../../contracts/clock.js';

/** A connection to be closed. */
export interface Drainable {
  /** True for a client that re-sends unanswered requests on its next connection. */
  readonly resends: boolean;
  /** Number of its unanswered requests. */
  readonly inFlight: number;
  /** Number of `predict` events so far. */
  readonly requests: number;
  /** Ignores further requests. */
  stopReading(): void;
  /** Closes it after its last answer. */
  close(): void;
  /** It is completely closed. */
  readonly gone: boolean;
  /** Cuts it immediately. */
  destroy(): void;
}

export interface DrainPlan {
  /** Period over which connections start to leave, in milliseconds. */
  readonly spreadMs: number;
  /** How long to wait for one that keeps asking, in milliseconds. */
  readonly patienceMs: number;
  /** When the drain ends, on the clock. */
  readonly deadline: number;
}

/** After this time without a request, in milliseconds, none is likely to be in transit when it learns of the close. */
const QUIET_MS = 50;
/** A client that was told to leave and has not left by then is cut; in milliseconds. */
const LINGER_MS = 1_000;
const TICK_MS = 10;

interface Leaving {
  /** When it starts to leave. */
  readonly at: number;
  /** Since when it has been idle: nothing in flight, nothing asked. */
  quietAt: number;
  requests: number;
  closedAt: number | undefined;
  isOver: boolean;
}

export class ConnectionDrain {
  readonly #clock: Clock;
  readonly #random: () => number;

  /** `random` returns a number from 0 to 1. */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Closes all that are `present`, including newcomers. Resolves when none is left, or at the deadline. */
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

  /** Does what is due; true when finished. */
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
