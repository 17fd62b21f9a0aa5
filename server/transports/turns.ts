/**
 * Event-loop turns, shared by connections, handshakes and requests: work beyond one's share of a turn waits here, and
 * continues in a later turn, behind what is waiting already. Otherwise one readable socket could deliver two megabytes
 * of tiny packets before anybody else is heard.
 */

import type { Clock } from '../contracts/clock.js';

/**
 * How many waiting ones continue per turn: together with each one's share, this bounds what all floods together cost a
 * turn.
 */
export const CONTINUED_A_TURN = 4;

export class Turns {
  readonly #clock: Clock;
  #turn = 0;
  #isTicking = false;
  /** In order of arrival. */
  readonly #waiting = new Set<() => unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A number that identifies this turn. */
  current(): number {
    if (!this.#isTicking) {
      this.#isTicking = true;
      this.#clock.immediate(() => this.#next());
    }
    return this.#turn;
  }

  /** How many are waiting. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls `go` in a later turn, once. If it returns false it had nothing to do, and another continues in its place. */
  wait(go: () => unknown): void {
    this.#waiting.add(go);
    this.current();
  }

  /** Removes one that no longer wants to continue. */
  forget(go: () => unknown): void {
    this.#waiting.delete(go);
  }

  #next(): void {
    this.#isTicking = false;
    this.#turn += 1;
    let left = CONTINUED_A_TURN;
    for (const go of [...this.#waiting]) {
      if (left === 0) break;
      this.#waiting.delete(go);
      if (go() !== false) left -= 1;
    }
    if (this.#waiting.size > 0) this.current();
  }
}
