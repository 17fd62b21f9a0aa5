/** A ring of members that take turns. Members link their neighbours, so that every step takes constant time. */

/** A member's links in its ring; undefined outside. */
export interface TurnLinks<T> {
  before: T | undefined;
  after: T | undefined;
}

export class TurnRing<T extends TurnLinks<T>> {
  #head: T | undefined;
  #size = 0;

  /** The member whose turn it is. */
  get head(): T | undefined {
    return this.#head;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a member whose turn comes last. */
  push(member: T): void {
    const head = this.#head;
    if (head === undefined) {
      member.before = member;
      member.after = member;
      this.#head = member;
    } else {
      const last = head.before as T;
      member.before = last;
      member.after = head;
      last.after = member;
      head.before = member;
    }
    this.#size += 1;
  }

  /** Removes a member; if it was its turn, the turn passes to the next. */
  remove(member: T): void {
    const { before, after } = member;
    if (before === undefined || after === undefined) return;
    if (after === member) this.#head = undefined;
    else {
      before.after = after;
      after.before = before;
      if (this.#head === member) this.#head = after;
    }
    member.before = undefined;
    member.after = undefined;
    this.#size -= 1;
  }

  /** Passes the turn to the next member. */
  pass(): void {
    this.#head = this.#head?.after;
  }
}
