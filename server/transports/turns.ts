/**
 * Turns of the event loop, as connections, handshakes and requests share them: what is more than the share of a turn waits here, and goes on in a
 * later one, behind what waits already. Without it one readable socket may bring two megabytes of tiny packets before anybody else is heard.
 */

import type { Clock } from '../contracts/clock.js';

/** So many go on in one turn after they had to wait: with the share of each, the bound on what all floods together cost a turn. */
export const CONTINUED_A_TURN = 4;

export class Turns {
  readonly #clock: Clock;
  #turn = 0;
  #isTicking = false;
  /** In the order in which they came to wait. */
  readonly #waiting = new Set<() => unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A number for this turn; another one means another turn. */
  current(): number {
    if (!this.#isTicking) {
      this.#isTicking = true;
      this.#clock.immediate(() => this.#next());
    }
    return this.#turn;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls `go` in a later turn, once. One that answers false had nothing to do: another goes on in its place. */
  wait(go: () => unknown): void {
    this.#waiting.add(go);
    this.current();
  }

  /** Lets go of one that does not want to go on. */
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
