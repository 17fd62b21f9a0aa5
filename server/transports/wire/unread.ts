/**
 * What waits for one client unread, whichever way it left: how much there is, whether it is taken, and when it is too much. Slow means no progress:
 * one large answer is no reason to end a connection that takes it.
 */

import type { Clock, Timer } from '../../contracts/clock.js';

export interface UnreadParts {
  readonly clock: Clock;
  /** Unread bytes from which no further request is read. */
  readonly maxOutboxBytes: number;
  /** Bytes in engine.io's buffer. */
  readonly waitingBytes: () => number;
  /** Bytes given to the system and not taken by the peer's. */
  readonly pendingBytes: () => number;
  /** There is more than `maxOutboxBytes`; then, that half of it is taken. */
  readonly onFull: () => void;
  readonly onTaken: () => void;
  readonly onSlow: (message: string) => void;
}

/** From so many unread bytes on it is looked at whether they are taken: so much in so long, or all there is. */
const WATCHED_BYTES = 65_536;
/** It is counted anew only after so many more: the count asks the system's side, and goes through all packets that wait. */
const COUNTED_EVERY_BYTES = 16_384;
const LOOK_EVERY_MS = 1_000;
const SLOW_AFTER_MS = 10_000;
/** So many answers as large as its largest may wait on top, whatever `maxOutboxBytes` is. */
const LARGEST_WAITING = 16;

export class Unread {
  readonly #parts: UnreadParts;
  /** Bytes of all packets so far. */
  #totalBytes = 0;
  #largestBytes = 0;
  #uncountedBytes = 0;
  #isFull = false;
  /** Bytes taken, and bytes that waited, when the present look began. */
  #looked = { at: 0, taken: 0, unread: 0 };
  #look: Timer | undefined;

  constructor(parts: UnreadParts) {
    this.#parts = parts;
  }

  /** The buffers of kernels not counted. */
  get bytes(): number {
    return this.#parts.waitingBytes() + this.#parts.pendingBytes();
  }

  /** A packet of this size is about to wait. */
  add(bytes: number): void {
    this.#totalBytes += bytes;
    if (bytes > this.#largestBytes) this.#largestBytes = bytes;
    this.#uncountedBytes += bytes;
    if (this.#uncountedBytes < COUNTED_EVERY_BYTES) return;
    this.#uncountedBytes = 0;
    const unread = this.bytes + bytes;
    if (unread <= WATCHED_BYTES) return;
    const { maxOutboxBytes, onFull, onSlow } = this.#parts;
    if (unread > 2 * maxOutboxBytes + LARGEST_WAITING * this.#largestBytes)
      return onSlow(`the client does not read its answers: ${unread} bytes wait`);
    if (unread > maxOutboxBytes && !this.#isFull) {
      this.#isFull = true;
      onFull();
    }
    if (this.#look === undefined) this.#beginLook(unread);
  }

  /** What was sent last has been taken by the system. */
  taken(): void {
    const { maxOutboxBytes, onTaken } = this.#parts;
    if (!this.#isFull || this.bytes > maxOutboxBytes / 2) return;
    this.#isFull = false;
    onTaken();
  }

  close(): void {
    this.#look?.cancel();
    this.#look = undefined;
  }

  #beginLook(unread: number): void {
    this.#looked = { at: this.#parts.clock.now(), taken: this.#totalBytes - unread, unread };
    this.#look = this.#parts.clock.setTimer(LOOK_EVERY_MS, () => this.#lookAgain());
  }

  #lookAgain(): void {
    const { clock, onSlow } = this.#parts;
    this.#look = undefined;
    this.taken();
    const unread = this.bytes;
    if (unread <= WATCHED_BYTES) return;
    const took = this.#totalBytes - unread - this.#looked.taken;
    if (took >= Math.min(WATCHED_BYTES, this.#looked.unread)) return this.#beginLook(unread);
    const forMs = clock.now() - this.#looked.at;
    if (forMs >= SLOW_AFTER_MS) {
      const message = `the client does not read its answers: it took ${Math.max(0, took)} bytes in ${Math.round(forMs)} ms, and ${unread} wait`;
      return onSlow(message);
    }
    this.#look = clock.setTimer(LOOK_EVERY_MS, () => this.#lookAgain());
  }
}
