/**
 * Requests that wait to be sent, in order, and which of them holds a place that only one may hold. Adding, replacing and removing
 * cost the same wherever a request stands.
 */

export interface QueueItem<Item> {
  /** Rows the item counts for. Must not change while it stands in the line. */
  readonly rows: number;
  /** What at most one item of a line may have; undefined: nothing. */
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

  /** The item that stands in the line with this place. */
  holder(place: string | undefined): Item | undefined {
    return place === undefined ? undefined : this.#holders.get(place);
  }

  /** Adds at the end. Nothing in the line may have the item's place. */
  push(item: Item): void {
    if (item.place !== undefined) this.#holders.set(item.place, item);
    item.before = this.#tail;
    item.after = undefined;
    if (this.#tail === undefined) this.#head = item;
    else this.#tail.after = item;
    this.#tail = item;
    this.#rows += item.rows;
  }

  /** Adds at the head: for requests that had their turn before. Nothing in the line may have the item's place. */
  unshift(item: Item): void {
    if (item.place !== undefined) this.#holders.set(item.place, item);
    item.before = undefined;
    item.after = this.#head;
    if (this.#head === undefined) this.#tail = item;
    else this.#head.before = item;
    this.#head = item;
    this.#rows += item.rows;
  }

  /** Puts `item` where `old`, which must stand in this line, stood. */
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

  /** Removes an item, which must stand in this line. */
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

  /** The items from head to tail, as they stand now. */
  items(): Item[] {
    const items: Item[] = [];
    for (let item = this.#head; item !== undefined; item = item.after) items.push(item);
    return items;
  }
}
