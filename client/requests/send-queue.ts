/**
 * Requests waiting to be sent, in order, and which of them holds an exclusive place. Adding, replacing and removing
 * take constant time.
 */

export interface QueueItem<Item> {
  /** Rows the item counts for. Must not change while it is queued. */
  readonly rows: number;
  /** A key held by at most one queued item; undefined for none. */
  readonly place: string | undefined;
  before: Item | undefined;
  after: Item | undefined;
}

export class SendQueue<Item extends QueueItem<Item>> {
  #head: Item | undefined;
  #tail: Item | undefined;
  #rows = 0;
  readonly #holders = new Map<string, Item>();

  get head(): Item | undefined {
    return this.#head;
  }

  /** Rows of all items. */
  get rows(): number {
    return this.#rows;
  }

  /** The queued item that holds this place. */
  holder(place: string | undefined): Item | undefined {
    return place === undefined ? undefined : this.#holders.get(place);
  }

  /** Appends an item. No queued item may hold its place. */
  push(item: Item): void {
    if (item.place !== undefined) this.#holders.set(item.place, item);
    item.before = this.#tail;
    item.after = undefined;
    if (this.#tail === undefined) this.#head = item;
    else this.#tail.after = item;
    this.#tail = item;
    this.#rows += item.rows;
  }

  /** Prepends an item, for requests that have had their turn before. No queued item may hold its place. */
  unshift(item: Item): void {
    if (item.place !== undefined) this.#holders.set(item.place, item);
    item.before = undefined;
    item.after = this.#head;
    if (this.#head === undefined) this.#tail = item;
    else this.#head.before = item;
    this.#head = item;
    this.#rows += item.rows;
  }

  /** Puts `item` where `old` stood; `old` must be queued here. */
  replace(old: Item, item: Item): void {
    const { before, after } = old;
    this.remove(old);
    if (item.place !== undefined) this.#holders.set(item.place, item);
    item.before = before;
    item.after = after;
    if (before === undefined) this.#head = item;
    else before.after = item;
    if (after === undefined) this.#tail = item;
    else after.before = item;
    this.#rows += item.rows;
  }

  /** Removes an item, which must be queued here. */
  remove(item: Item): void {
    if (item.place !== undefined) this.#holders.delete(item.place);
    if (item.before === undefined) this.#head = item.after;
    else item.before.after = item.after;
    if (item.after === undefined) this.#tail = item.before;
    else item.after.before = item.before;
    item.before = undefined;
    item.after = undefined;
    this.#rows -= item.rows;
  }

  /** A snapshot of the items from head to tail. */
  items(): Item[] {
    const items: Item[] = [];
    for (let item = this.#head; item !== undefined; item = item.after) items.push(item);
    return items;
  }
}
