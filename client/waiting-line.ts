/** Requests that wait to be sent, in order. Adding and removing cost the same wherever a request stands. */

export interface LineItem<Item> {
  /** Rows the item counts for. Must not change while it stands in the line. */
  readonly rows: number;
  before: Item | undefined;
  after: Item | undefined;
}

export class WaitingLine<Item extends LineItem<Item>> {
  #head: Item | undefined;
  #tail: Item | undefined;
  #rows = 0;

  get head(): Item | undefined {
    return this.#head;
  }

  /** Rows of all items. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds at the end. */
  push(item: Item): void {
    item.before = this.#tail;
    item.after = undefined;
    if (this.#tail === undefined) this.#head = item;
    else this.#tail.after = item;
    this.#tail = item;
    this.#rows += item.rows;
  }

  /** Adds at the head: for requests that had their turn before. */
  unshift(item: Item): void {
    item.before = undefined;
    item.after = this.#head;
    if (this.#head === undefined) this.#tail = item;
    else this.#head.before = item;
    this.#head = item;
    this.#rows += item.rows;
  }

  /** Removes an item, which must stand in this line. */
  remove(item: Item): void {
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
