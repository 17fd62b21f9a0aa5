/**
 * How many handshakes are made in one turn of the event loop: each costs as much as dozens of predictions, and one chunk of pipelined requests brings
 * hundreds. The others wait for later turns, in order of arrival.
 */

import type { Clock } from '../../contracts/clock.js';

const HANDSHAKES_A_TURN = 4;
/** So many may wait: the half second that they take is well within the patience of a client. */
const MAX_WAITING = 1_024;

export class HandshakeTurns {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #left = HANDSHAKES_A_TURN;
  #isTicking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `make` now or in a later turn; false when too many wait, and then never. */
  take(make: () => void): boolean {
    if (this.#left === 0 && this.#waiting.length >= MAX_WAITING) return false;
    this.#tick();
    if (this.#left > 0) {
      this.#left -= 1;
      make();
    } else this.#waiting.push(make);
    return true;
  }

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#clock.immediate(() => {
      this.#isTicking = false;
      this.#left = HANDSHAKES_A_TURN;
      const due = this.#waiting.splice(0, HANDSHAKES_A_TURN);
      if (due.length === 0) return;
      this.#left -= due.length;
      this.#tick();
      for (const make of due) make();
    });
  }
}
