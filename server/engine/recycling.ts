/**
 * Replaces the engine threads, one after the other, when the memory of the process has grown past a limit: what a
 * library has leaked goes with its thread. Knows no threads and no models.
 */

import type { Clock, Timer } from '../contracts/clock.js';

export interface RecyclingParts {
  readonly clock: Clock;
  /** Above this the threads are replaced. */
  readonly maxBytes: number;
  /** What is held now, in bytes. */
  readonly bytes: () => number;
  readonly threads: number;
  /** Replaces a thread without losing a batch; false when it could not. */
  readonly recycle: (thread: number) => Promise<boolean>;
  /** Told after each round. */
  readonly done: (round: RecyclingRound) => void;
}

export interface RecyclingRound {
  readonly threads: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const EVERY_MS = 10_000;
/** After a round that left more than the limit, in milliseconds: another would not help either, unless it grows. */
const PAUSE_MS = 600_000;
/** As much growth as makes another round worth it before that. */
const GROWTH = 1.25;

export class Recycling {
  readonly #parts: RecyclingParts;
  #timer: Timer | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;
  #leftBytes = 0;

  constructor(parts: RecyclingParts) {
    this.#parts = parts;
    this.#arm();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    this.#timer = this.#parts.clock.setTimer(EVERY_MS, () => void this.#check());
  }

  async #check(): Promise<void> {
    const { clock, maxBytes, bytes } = this.#parts;
    const held = bytes();
    const isDue = clock.now() >= this.#notBefore || held > GROWTH * this.#leftBytes;
    if (held > maxBytes && isDue) await this.#round(held);
    if (this.#timer !== undefined) this.#arm();
  }

  async #round(bytesBefore: number): Promise<void> {
    const { clock, threads, maxBytes, bytes, recycle, done } = this.#parts;
    let count = 0;
    for (let thread = 0; thread < threads && this.#timer !== undefined; thread++) if (await recycle(thread)) count += 1;
    const bytesAfter = bytes();
    this.#leftBytes = bytesAfter;
    this.#notBefore = bytesAfter > maxBytes ? clock.now() + PAUSE_MS : Number.NEGATIVE_INFINITY;
    done({ threads: count, bytesBefore, bytesAfter });
  }
}
