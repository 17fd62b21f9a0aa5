/** Requests by the time they expire, in buckets: one timer for all, however many requests there are. */

import type { Clock, Timer } from '../../contracts/clock.js';
import type { Pending } from './request.js';

/** Width of a bucket. A request is answered DEADLINE_EXCEEDED at most this much late. */
const BUCKET_MS = 10;

export class Deadlines {
  readonly #clock: Clock;
  readonly #expire: (pending: Pending) => void;
  readonly #buckets = new Map<number, Set<Pending>>();
  /** The last bucket that was swept. */
  #swept: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, expire: (pending: Pending) => void) {
    this.#clock = clock;
    this.#expire = expire;
    this.#swept = Math.floor(clock.now() / BUCKET_MS);
  }

  add(pending: Pending): void {
    const key = bucketOf(pending);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, new Set([pending]));
    else bucket.add(pending);
    if (this.#timer === undefined) {
      this.#swept = Math.floor(this.#clock.now() / BUCKET_MS);
      this.#arm();
    }
  }

  remove(pending: Pending): void {
    const key = bucketOf(pending);
    const bucket = this.#buckets.get(key);
    if (bucket?.delete(pending) && bucket.size === 0) this.#buckets.delete(key);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#buckets.clear();
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(BUCKET_MS, () => {
      this.#timer = undefined;
      this.#sweep();
      // With nothing left the timer rests; the next request starts it again.
      if (this.#buckets.size > 0 && this.#timer === undefined) this.#arm();
    });
  }

  #sweep(): void {
    const now = Math.floor(this.#clock.now() / BUCKET_MS);
    while (this.#swept < now && this.#buckets.size > 0) {
      this.#swept += 1;
      for (const pending of this.#buckets.get(this.#swept) ?? []) this.#expire(pending);
    }
    this.#swept = now;
  }
}

function bucketOf(pending: Pending): number {
  return Math.ceil(pending.deadline / BUCKET_MS);
}
