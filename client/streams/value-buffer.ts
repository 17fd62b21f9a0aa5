/**
 * Buffers values for a `for await` loop: a bounded queue that signals when the sender should pause. Knows no streams.
 */

/** A value, and a note kept while it waits. */
interface Waiting<Value, Note> {
  readonly value: Value;
  readonly note: Note;
}

interface Taker<Value> {
  readonly resolve: (result: IteratorResult<Value, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

export class ValueBuffer<Value, Note> {
  readonly #capacity: number;
  #values: Waiting<Value, Note>[] = [];
  /** Index of the oldest value in `#values`; earlier ones are gone. */
  #head = 0;
  #takers: Taker<Value>[] = [];
  #crowded = false;
  #end: { readonly error: Error | undefined } | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#values.length - this.#head;
  }

  get full(): boolean {
    return this.size >= this.#capacity;
  }

  /** The oldest value's note; undefined when the queue is empty. */
  get note(): Note | undefined {
    return this.#values[this.#head]?.note;
  }

  /** True from half full until down to a quarter, so that the sender is not notified at every value. */
  get crowded(): boolean {
    return this.#crowded;
  }

  /** Adds a value, or hands it to a pending `take`. Returns the oldest value when that was dropped to make room. */
  push(value: Value, note: Note): Value | undefined {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker.resolve({ done: false, value });
      return undefined;
    }
    const dropped = this.size >= this.#capacity ? this.shift() : undefined;
    this.#values.push({ value, note });
    this.#weigh();
    return dropped;
  }

  /** Removes the oldest value. */
  shift(): Value | undefined {
    const oldest = this.#values[this.#head];
    if (oldest === undefined) return undefined;
    this.#head += 1;
    // Compacting is cheap when done once per that many values.
    if (this.#head * 2 >= this.#values.length) {
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
    this.#weigh();
    return oldest.value;
  }

  /** The next value: immediately when one is queued, otherwise when it arrives or at the end. */
  take(): Promise<IteratorResult<Value, undefined>> {
    if (this.size > 0) return Promise.resolve({ done: false, value: this.shift() as Value });
    if (this.#end !== undefined) {
      const { error } = this.#end;
      return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
  }

  /** No more values will come. With an error, queued values can still be taken; without, they are dropped. */
  end(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    if (error === undefined) {
      this.#values = [];
      this.#head = 0;
    }
    for (const taker of this.#takers.splice(0)) {
      if (error === undefined) taker.resolve({ done: true, value: undefined });
      else taker.reject(error);
    }
  }

  #weigh(): void {
    if (this.size >= this.#capacity / 2) this.#crowded = true;
    else if (this.size <= this.#capacity / 4) this.#crowded = false;
  }
}
