/**
 * Limits handshakes per event-loop turn: each costs as much as dozens of predictions, and one chunk of pipelined
 * requests brings hundreds. The others wait for later turns, in order of arrival.
 */

import type { Clock } from '../../contracts/clock.js';
import { CONTINUED_A_TURN, Turns } from '../turns.js';

/** Maximum handshakes waiting: the half second they take is well within a client's patience. */
const MAX_WAITING = 1_024;

export class HandshakeTurns {
  readonly #turns: Turns;
  #turn = -1;
  /** Handshakes made in that turn. */
  #made = 0;

  constructor(clock: Clock) {
    this.#turns = new Turns(clock);
  }

  /** Calls `make` now or in a later turn; false when too many are waiting, and then never. */
  take(make: () => void): boolean {
    if (this.#madeNow() < CONTINUED_A_TURN) this.#make(make);
    else if (this.#turns.waiting === MAX_WAITING) return false;
    else this.#turns.wait(() => this.#make(make));
    return true;
  }

  #make(make: () => void): void {
    this.#made = this.#madeNow() + 1;
    make();
  }

  #madeNow(): number {
    const turn = this.#turns.current();
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#made = 0;
    }
    return this.#made;
  }
}
