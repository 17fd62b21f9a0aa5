/** The newest messages: those shown, and those waiting while a reader holds the list. Bounded; knows no DOM. */

import type { SampleItem } from '../../shared/stream-protocol.js';

/** Rows on the page. */
export const SHOWN = 40;
/** Messages in memory, including waiting ones. */
export const KEPT = 200;

export class Messages {
  /** Newest first. */
  #shown: SampleItem[] = [];
  /** Oldest first. */
  #waiting: SampleItem[] = [];
  /** Arrived while the list was held, including those no longer kept. */
  newer = 0;

  get shown(): readonly SampleItem[] {
    return this.#shown;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Samples of a frame, oldest first. */
  arrive(items: readonly SampleItem[], held: boolean): void {
    this.#waiting.push(...items);
    const room = KEPT - SHOWN;
    if (this.#waiting.length > room) this.#waiting.splice(0, this.#waiting.length - room);
    if (held) this.newer += items.length;
  }

  /** Moves the next waiting message to the top. */
  step(): SampleItem | undefined {
    const next = this.#waiting.shift();
    if (next === undefined) return undefined;
    this.#shown.unshift(next);
    if (this.#shown.length > SHOWN) this.#shown.pop();
    return next;
  }

  /** The reader lets go: skips all but the last few, so that the list is current again. */
  release(): void {
    this.newer = 0;
    while (this.#waiting.length > 0) this.step();
  }

  clear(): void {
    this.#shown = [];
    this.#waiting = [];
    this.newer = 0;
  }
}
