/** Calls back when a signal is aborted. One listener per signal, because thousands of requests may share one. */

export class AbortWatch<Item> {
  readonly #onAbort: (item: Item, signal: AbortSignal) => void;
  readonly #watched = new Map<AbortSignal, { readonly items: Set<Item>; readonly listener: () => void }>();

  constructor(onAbort: (item: Item, signal: AbortSignal) => void) {
    this.#onAbort = onAbort;
  }

  /** Number of signals with a listener. */
  get signals(): number {
    return this.#watched.size;
  }

  /** The signal must not be aborted yet. */
  add(signal: AbortSignal, item: Item): void {
    const watched = this.#watched.get(signal);
    if (watched !== undefined) {
      watched.items.add(item);
      return;
    }
    const items = new Set([item]);
    const listener = (): void => {
      this.#watched.delete(signal);
      for (const each of items) this.#onAbort(each, signal);
    };
    this.#watched.set(signal, { items, listener });
    signal.addEventListener('abort', listener, { once: true });
  }

  /** Removes the item, and the listener with the last item. */
  remove(signal: AbortSignal, item: Item): void {
    const watched = this.#watched.get(signal);
    if (watched === undefined) return;
    watched.items.delete(item);
    if (watched.items.size > 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener('abort', watched.listener);
  }
}
