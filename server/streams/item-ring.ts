/** The last items of one stream, bounded in number and in bytes. Offsets count from 1, without holes. */

import type { CastItem } from '../contracts/broker.js';

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

  /** Offset of the oldest item that is kept; one more than {@link last} when none is. */
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

  /** Adds the item with the offset after {@link last}. The newest is kept whatever it takes. */
  push(item: CastItem): void {
    if (this.#last - this.#first + 1 === this.#slots.length) this.#evict();
    this.#last = item.offset;
    this.#slots[item.offset % this.#slots.length] = item;
    this.#bytes += item.bytes;
    while (this.#bytes > this.#maxBytes && this.#first < this.#last) this.#evict();
  }

  /** The items from one offset to another, both included and both kept. */
  slice(from: number, to: number): CastItem[] {
    const items: CastItem[] = [];
    for (let offset = Math.max(from, this.#first); offset <= Math.min(to, this.#last); offset++) {
      const item = this.#slots[offset % this.#slots.length];
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  #evict(): void {
    const index = this.#first % this.#slots.length;
    this.#bytes -= this.#slots[index]?.bytes ?? 0;
    this.#slots[index] = undefined;
    this.#first += 1;
  }
}
