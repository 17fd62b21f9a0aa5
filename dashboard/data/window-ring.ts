/**
 * One row per window, in typed arrays allocated once. Each value is written twice, at i and at i + capacity, so that
 * the content is always a single `subarray`, oldest first, without a copy. Knows neither streams nor charts.
 */

/** A window as a row: its end in seconds, the two boundaries of the stack, and the values behind them. */
export interface Row {
  readonly x: number;
  /** 1 minus the positive share. */
  readonly upper: number;
  /** The negative share. */
  readonly lower: number;
  readonly rate: number;
  readonly positive: number;
  readonly neutral: number;
  readonly negative: number;
}

export type Column = keyof Row;

const COLUMNS: readonly Column[] = ['x', 'upper', 'lower', 'rate', 'positive', 'neutral', 'negative'];

export class WindowRing {
  readonly capacity: number;
  readonly #columns: Readonly<Record<Column, Float64Array>>;
  #next = 0;
  #size = 0;
  /** Incremented on each change, so that drawing code can notice. */
  revision = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#columns = Object.fromEntries(
      COLUMNS.map((column) => [column, new Float64Array(2 * capacity)]),
    ) as unknown as Record<Column, Float64Array>;
  }

  get size(): number {
    return this.#size;
  }

  /** The end of the newest row, in seconds; undefined without rows. */
  get lastX(): number | undefined {
    return this.#size === 0 ? undefined : this.at('x', this.#size - 1);
  }

  append(row: Row): void {
    this.#write(this.#next, row);
    this.#next = (this.#next + 1) % this.capacity;
    this.#size = Math.min(this.#size + 1, this.capacity);
    this.revision += 1;
  }

  replaceLast(row: Row): void {
    if (this.#size === 0) return this.append(row);
    this.#write((this.#next + this.capacity - 1) % this.capacity, row);
    this.revision += 1;
  }

  clear(): void {
    this.#next = 0;
    this.#size = 0;
    this.revision += 1;
  }

  /** The value of a row, 0 being the oldest. NaN outside. */
  at(column: Column, index: number): number {
    if (index < 0 || index >= this.#size) return Number.NaN;
    return this.#columns[column][this.#start + index] ?? Number.NaN;
  }

  /** A column, oldest first: a view of the ring that the next `append` invalidates. */
  view(column: Column): Float64Array {
    return this.#columns[column].subarray(this.#start, this.#start + this.#size);
  }

  /** Index of the first row whose end is after `x` seconds; `size` when there is none. */
  after(x: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at('x', middle) > x) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  get #start(): number {
    return this.#size < this.capacity ? 0 : this.#next;
  }

  #write(slot: number, row: Row): void {
    for (const column of COLUMNS) {
      const values = this.#columns[column];
      values[slot] = row[column];
      values[slot + this.capacity] = row[column];
    }
  }
}
