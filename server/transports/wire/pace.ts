/**
 * Controls how fast one connection is read: freely, until more of it must be refused than allowed. Then it is paused,
 * for a time or until there is room; one that keeps sending what can only be refused is cut.
 */

import type { Clock, Timer } from '../../contracts/clock.js';
import { Allowance } from './allowance.js';
import type { Room, Waiter } from './room.js';

export interface PaceParts {
  readonly clock: Clock;
  readonly room: Room;
  readonly onPause: () => void;
  readonly onGo: () => void;
  readonly onFlood: (message: string) => void;
}

/** Faulty requests per second; beyond it the connection is read more slowly, and cut after a while. */
const FAULTS_A_SECOND = 400;
const FAULTS_AT_ONCE = 256;
const FAULTY_FOR_MS = 10_000;
/** Units of requests per second refused because the hub is busy; beyond it the connection is read more slowly. */
const OVERLOADS_A_SECOND = 256;
const OVERLOADS_AT_ONCE = 256;
/** Refusing costs in proportion to the request's size: this many bytes are one more unit. */
const OVERLOAD_UNIT_BYTES = 4_096;
/** Longest single pause, in milliseconds: heartbeats are read in between. */
const MAX_PAUSE_MS = 1_000;

export class Pace implements Waiter {
  readonly #parts: PaceParts;
  readonly #faults: Allowance;
  readonly #overloads: Allowance;
  #faultyFrom: number | undefined;
  #pause: Timer | undefined;
  /** Set while it is paused only for lack of room: whether there is room now. */
  #hasRoom: (() => boolean) | undefined;

  constructor(parts: PaceParts) {
    this.#parts = parts;
    this.#faults = new Allowance(FAULTS_A_SECOND, FAULTS_AT_ONCE, parts.clock);
    this.#overloads = new Allowance(OVERLOADS_A_SECOND, OVERLOADS_AT_ONCE, parts.clock);
  }

  /** A request was refused as faulty. `units`: its weight. */
  faulty(units: number): void {
    if (this.#faultyFrom !== undefined && this.#faults.isWhole) this.#faultyFrom = undefined;
    const overdrawnMs = this.#faults.take(units);
    if (overdrawnMs === 0) return;
    const now = this.#parts.clock.now();
    this.#faultyFrom ??= now;
    if (now - this.#faultyFrom > FAULTY_FOR_MS) {
      const message = `more than ${FAULTS_A_SECOND} requests a second that must be refused, for ${FAULTY_FOR_MS} ms; look at the errors that answered them`;
      return this.#parts.onFlood(message);
    }
    this.#pauseFor(overdrawnMs);
    this.#waitNoMore();
  }

  /** A request was refused because the hub is busy. `hasRoom`: whether the pause can end. */
  overloaded(bytes: number, hasRoom: () => boolean): void {
    const units = 1 + bytes / OVERLOAD_UNIT_BYTES;
    const overdrawnMs = Math.max(this.#overloads.take(units), this.#parts.room.take(units));
    if (overdrawnMs === 0) return;
    if (this.#pause === undefined) {
      this.#hasRoom = hasRoom;
      this.#parts.room.wait(this);
    }
    this.#pauseFor(overdrawnMs);
  }

  /** A request was answered while somebody waits for room. */
  answered(): void {
    if (this.hasRoom()) this.relieved();
    this.#parts.room.answered();
  }

  hasRoom(): boolean {
    return this.#hasRoom?.() === true;
  }

  relieved(): void {
    if (this.#hasRoom !== undefined) this.#go();
  }

  close(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#waitNoMore();
  }

  #pauseFor(ms: number): void {
    if (this.#pause !== undefined) return;
    this.#parts.onPause();
    this.#pause = this.#parts.clock.setTimer(Math.min(ms, MAX_PAUSE_MS), () => this.#go());
  }

  #go(): void {
    this.close();
    this.#parts.onGo();
  }

  #waitNoMore(): void {
    this.#hasRoom = undefined;
    this.#parts.room.leave(this);
  }
}
