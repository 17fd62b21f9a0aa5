/**
 * The waiting and running rows of one model, each in a slot of a bounded store. A request's rows form a chain of slots,
 * which saves an array per request. Tensor rows lie in pages allocated on first use; a text row is the string itself.
 */

import { type BatchViews, MAX_BYTES_PER_UNIT } from '../../../shared/batch-layout.js';
import type { MeasuredInput } from '../../../shared/input.js';
import { writeRow } from '../../../shared/row-writer.js';
import {
  BYTES_PER_ELEMENT,
  elementCount,
  type InputSpec,
  newTensorArray,
  type TensorArray,
} from '../../../shared/tensor.js';

/** Approximate page size in bytes: small enough to grow by, large enough for few pages. */
const PAGE_BYTES = 1 << 18;
/** Up to this many elements, a loop copies faster than `set` with a sub-array. */
const LOOP_COPY_ELEMENTS = 256;
const NONE = -1;

// The only platform global that the core uses; every runtime has it.
declare class TextEncoder {
  encodeInto(text: string, bytes: Uint8Array): { written: number };
}
const encoder = new TextEncoder();

interface Column {
  readonly spec: InputSpec;
  readonly size: number;
  readonly pages: TensorArray[];
}

export class RowArena {
  readonly capacity: number;
  /** Of the tensors of one row. */
  readonly rowBytes: number;
  readonly #columns: readonly Column[];
  readonly #texts: string[] | undefined;
  /** The successor of each slot, in its request's chain or in the free list. */
  readonly #next: Int32Array;
  readonly #pageShift: number;
  #firstFree = NONE;
  /** Slots from this index on were never used. */
  #fresh = 0;
  #used = 0;

  /** @param capacity maximum rows; lowered when `maxBytes` holds fewer tensor rows. */
  constructor(inputs: readonly InputSpec[], capacity: number, maxBytes: number) {
    let rowBytes = 0;
    for (const spec of inputs)
      if (spec.dtype !== 'string') rowBytes += elementCount(spec.shape) * BYTES_PER_ELEMENT[spec.dtype];
    this.capacity = Math.max(1, Math.min(capacity, rowBytes === 0 ? capacity : Math.floor(maxBytes / rowBytes)));
    this.rowBytes = rowBytes;
    this.#pageShift = Math.max(0, Math.min(10, Math.floor(Math.log2(PAGE_BYTES / Math.max(1, rowBytes)))));
    this.#next = new Int32Array(this.capacity);
    this.#columns = inputs.map((spec) => ({
      spec,
      size: spec.dtype === 'string' ? 0 : elementCount(spec.shape),
      pages: [],
    }));
    this.#texts = inputs.some((spec) => spec.dtype === 'string') ? [] : undefined;
  }

  /** Rows in use. */
  get used(): number {
    return this.#used;
  }

  /** Allocates a chain of `rows` slots; returns the first, or -1 when there are too few. */
  allocate(rows: number): number {
    if (this.#used + rows > this.capacity) return NONE;
    let first = NONE;
    for (let i = 0; i < rows; i++) {
      let slot = this.#firstFree;
      if (slot === NONE) slot = this.#fresh++;
      else this.#firstFree = this.#next[slot] as number;
      this.#next[slot] = first;
      first = slot;
    }
    this.#used += rows;
    return first;
  }

  /** Frees a chain. */
  release(first: number): void {
    let slot = first;
    while (slot !== NONE) {
      const next = this.#next[slot] as number;
      if (this.#texts !== undefined) this.#texts[slot] = '';
      this.#next[slot] = this.#firstFree;
      this.#firstFree = slot;
      this.#used -= 1;
      slot = next;
    }
  }

  /** The next slot in its request's chain; -1 after the last. */
  after(slot: number): number {
    return this.#next[slot] as number;
  }

  /** Checks every row of an input and writes it into the chain. Returns undefined, or what was wrong. */
  write(input: MeasuredInput, first: number): string | undefined {
    for (const [index, part] of input.parts.entries()) {
      const column = this.#columns[index];
      if (column === undefined) return `there is no input ${index}`;
      let slot = first;
      for (let row = 0; row < input.rows; row++) {
        if (part.kind === 'text') {
          if (this.#texts !== undefined) this.#texts[slot] = part.value[row] ?? '';
        } else {
          const problem = writeRow(part, row, this.#page(column, slot), this.#offset(column, slot));
          if (problem !== undefined) return problem;
        }
        slot = this.after(slot);
      }
    }
    return undefined;
  }

  /** Bytes to reserve for a slot's text: an upper bound of its UTF-8 length. */
  textBytes(slot: number): number {
    return this.#texts === undefined ? 0 : (this.#texts[slot] ?? '').length * MAX_BYTES_PER_UNIT;
  }

  /**
   * Copies the row in `slot` to row `row` of a batch. `textOffset`: where its text goes; returns where the next one
   * goes.
   */
  pack(slot: number, views: BatchViews, row: number, textOffset: number): number {
    for (const [index, column] of this.#columns.entries()) {
      const target = views.inputs[index];
      if (target === undefined || column.size === 0) continue;
      const { size } = column;
      const source = this.#page(column, slot);
      const from = this.#offset(column, slot);
      if (size > LOOP_COPY_ELEMENTS) target.set(source.subarray(from, from + size), row * size);
      else for (let i = 0, to = row * size; i < size; i++) target[to + i] = source[from + i] as number;
    }
    if (views.text === undefined || this.#texts === undefined) return textOffset;
    const { written } = encoder.encodeInto(this.#texts[slot] ?? '', views.text.bytes.subarray(textOffset));
    views.text.lengths[row] = written;
    return textOffset + written;
  }

  #page(column: Column, slot: number): TensorArray {
    const index = slot >> this.#pageShift;
    let page = column.pages[index];
    if (page === undefined) {
      page = newTensorArray(
        column.spec.dtype === 'string' ? 'bool' : column.spec.dtype,
        column.size << this.#pageShift,
      );
      column.pages[index] = page;
    }
    return page;
  }

  #offset(column: Column, slot: number): number {
    return (slot & ((1 << this.#pageShift) - 1)) * column.size;
  }
}
