/** Remembers the last items that a request's id was seen with, so that a request that was sent again shows once. Bounded. */

import type { StreamItem } from '../../shared/stream-protocol.js';

/** Items that are remembered: far more than are cast between a request's loss and its return. */
export const REPEAT_WINDOW = 4_096;

export class RepeatWindow {
  readonly #keys = new Set<string>();

  /** How many items are remembered. */
  get size(): number {
    return this.#keys.size;
  }

  /** True when an item of the same publisher, request and row came before; else the item is remembered. */
  repeats({ from, id, row }: StreamItem): boolean {
    if (id === undefined) return false;
    // JSON keeps 1 and "1" apart.
    const key = JSON.stringify([from, id, row]);
    if (this.#keys.has(key)) return true;
    this.#keys.add(key);
    if (this.#keys.size > REPEAT_WINDOW) {
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    }
    return false;
  }
}
