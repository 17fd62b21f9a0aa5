/** Remembers the last items that carried a request id, so that a re-sent request shows once. Bounded. */

import type { StreamItem } from '../../shared/stream-protocol.js';

/** Items remembered: far more than are cast between the loss of a request and its return. */
export const REPEAT_WINDOW = 4_096;

export class RepeatWindow {
  readonly #keys = new Set<string>();

  /** Number of items remembered. */
  get size(): number {
    return this.#keys.size;
  }

  /** True when an item of the same publisher, request and row came before; otherwise remembers the item. */
  repeats({ from, id, row }: StreamItem): boolean {
    if (id === undefined) return false;
    // JSON distinguishes 1 from "1".
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
