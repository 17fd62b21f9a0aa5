/**
 * Unread bytes of one client, by whatever path they were sent: how many there are, whether they are being read, and
 * when they are too many. Slow means no progress: one large answer is no reason to cut a connection that is reading it.
 */

import type { Clock, Timer } from '../../contracts/clock.js';

export interface UnreadParts {
  readonly clock: Clock;
  /** Unread bytes above which no further request is read. */
  readonly maxOutboxBytes: number;
  /** Bytes in engine.io's buffer. */
  readonly waitingBytes: () => number;
  /** Bytes passed to the system and not taken by the peer. */
  readonly pendingBytes: () => number;
  /** Called when `maxOutboxBytes` is exceeded, and when half of that has been read. */
  readonly onFull: () => void;
  readonly onTaken: () => void;
  readonly onSlow: (message: string) => void;
}

/** Unread bytes above which progress is checked: this much per interval, or everything there is. */
const WATCHED_BYTES = 65_536;
/** Recounts only after this many more bytes: a count queries the system and visits all queued packets. */
const COUNTED_EVERY_BYTES = 16_384;
const LOOK_EVERY_MS = 1_000;
/** Looks without progress, and not a time: a hub that stood still has not looked. */
const SLOW_AFTER_LOOKS = 10;
/** Answers as large as its largest that may wait on top, whatever `maxOutboxBytes` is. */
const LARGEST_WAITING = 16;

export class Unread {
  readonly #parts: UnreadParts;
  /** Bytes of all packets so far. */
  #totalBytes = 0;
  #largestBytes = 0;
  #uncountedBytes = 0;
  #isFull = false;
  /** Bytes taken and bytes waiting when the current check began, and looks since. */
  #looked = { at: 0, taken: 0, unread: 0, times: 0 };
  #look: Timer | undefined;

  constructor(parts: UnreadParts) {
    this.#parts = parts;
  }

  /** Excludes kernel buffers. */
  get bytes(): number {
    return this.#parts.waitingBytes() + this.#parts.pendingBytes();
  }

  /** A packet of this size is about to be queued. */
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

  /** The system has taken everything sent so far. */
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
    this.#looked = { at: this.#parts.clock.now(), taken: this.#totalBytes - unread, unread, times: 0 };
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
    this.#looked.times += 1;
    if (this.#looked.times >= SLOW_AFTER_LOOKS) {
      const forMs = clock.now() - this.#looked.at;
      const message = `the client does not read its answers: it took ${Math.max(0, took)} bytes in ${Math.round(forMs)} ms, and ${unread} wait`;
      return onSlow(message);
    }
    this.#look = clock.setTimer(LOOK_EVERY_MS, () => this.#lookAgain());
  }
}
