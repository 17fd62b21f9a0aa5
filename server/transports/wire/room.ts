/**
 * How much all connections together are refused because the hub is busy, and who of them is read again when there is room: those that are paused
 * for it, the longest first. A pause that only ended with time would leave the hub idle in an overload.
 */

import type { Clock } from '../../contracts/clock.js';
import { Allowance } from './allowance.js';

/** Units a second that are refused before those who ask are read more slowly. */
const UNITS_A_SECOND = 1_024;

/** A connection that is paused. */
export interface Waiter {
  hasRoom(): boolean;
  relieved(): void;
}

export class Room {
  readonly #allowance: Allowance;
  /** Those that are paused, the longest first. */
  readonly waiting = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#allowance = new Allowance(UNITS_A_SECOND, UNITS_A_SECOND, clock);
  }

  /** Notes units that were refused. Answers for how many milliseconds too many were; 0 when they were not. */
  take(units: number): number {
    return this.#allowance.take(units);
  }

  wait(waiter: Waiter): void {
    this.waiting.add(waiter);
  }

  leave(waiter: Waiter): void {
    this.waiting.delete(waiter);
  }

  /** A request was answered: what it held is free. One for one, so that not all come at once. */
  answered(): void {
    const [first] = this.waiting;
    if (first?.hasRoom() === true) first.relieved();
  }
}
