/** The newest items of one stream, bounded in number and bytes. Offsets count from 1 without gaps. */

import type { CastItem } from '../contracts/broker.js';

/** A bounded ring of items. Evicts the oldest when either bound is exceeded. */
export class ItemRing {
  readonly #slots: (CastItem | undefined)[];
  readonly #maxBytes: number;
  #first = 1;
  #last = 0;
  #bytes = 0;

  constructor(maxItems: number, maxBytes: number) {
    this.#slots = new Array<CastItem | undefined>(maxItems).fill(undefined);
    this.#maxBytes = maxBytes;
  }

  /** Offset of the oldest retained item; {@link last} + 1 when there is none. */
  get first(): number {
    return this.#first;
  }

  /** Offset of the newest item; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the item whose offset follows {@link last}. The newest item is kept whatever its size. */
  push(item: CastItem): void {
    if (this.#last - this.#first + 1 === this.#slots.length) this.#evict();
    this.#last = item.offset;
    this.#slots[item.offset % this.#slots.length] = item;
    this.#bytes += item.bytes;
    while (this.#bytes > this.#maxBytes && this.#first < this.#last) this.#evict();
  }

  /** The items between two offsets, inclusive; both must be retained. */
  slice(from: number, to: number): CastItem[] {
    const items: CastItem[] = [];
    for (let offset = Math.max(from, this.#first); offset <= Math.min(to, this.#last); offset++) {
      const item = this.#slots[offset % this.#slots.length];
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  /** Evicts the items from before this time, in milliseconds since 1970. */
  evictBefore(at: number): void {
    while (this.#first <= this.#last) {
      const oldest = this.#slots[this.#first % this.#slots.length];
      if (oldest === undefined || oldest.item.at >= at) return;
      this.#evict();
    }
  }

  /** Evicts everything; offsets go on. */
  clear(): void {
    while (this.#first <= this.#last) this.#evict();
  }

  #evict(): void {
    const index = this.#first % this.#slots.length;
    this.#bytes -= this.#slots[index]?.bytes ?? 0;
    this.#slots[index] = undefined;
    this.#first += 1;
  }
}
