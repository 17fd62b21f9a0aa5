/**
 * Total refusals of all connections because the hub is busy, and which paused connections are read again when there is
 * room, the longest paused first. A pause that only ended with time would leave the hub idle in an overload.
 */

import type { Clock } from '../../contracts/clock.js';
import { Allowance } from './allowance.js';

/** Units refused per second before callers are slowed down. */
const UNITS_A_SECOND = 1_024;

/** A paused connection. */
export interface Waiter {
  hasRoom(): boolean;
  relieved(): void;
}

export class Room {
  readonly #allowance: Allowance;
  /** Paused connections, the longest paused first. */
  readonly waiting = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#allowance = new Allowance(UNITS_A_SECOND, UNITS_A_SECOND, clock);
  }

  /** Records refused units. Returns the milliseconds by which they exceed the limit; 0 when they do not. */
  take(units: number): number {
    return this.#allowance.take(units);
  }

  wait(waiter: Waiter): void {
    this.waiting.add(waiter);
  }

  leave(waiter: Waiter): void {
    this.waiting.delete(waiter);
  }

  /**
   * A request was answered, which frees its room. Resumes one connection each time, so that they do not all return at
   * once.
   */
  answered(): void {
    const [first] = this.waiting;
    if (first?.hasRoom() === true) first.relieved();
  }
}
