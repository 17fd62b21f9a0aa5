/** Buffers of batches, reused while they fit. */

/** Sizes are rounded up to a power of two, at least this, so that a buffer fits the next batch too. */
const SMALLEST_BYTES = 4096;
/** Larger buffers are left to the garbage collector. */
const LARGEST_KEPT_BYTES = 16 << 20;

export class BufferPool {
  readonly #free: ArrayBuffer[] = [];
  readonly #most: number;

  /** @param most maximum number of buffers kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** A buffer of at least this many bytes, with arbitrary content. */
  take(bytes: number): ArrayBuffer {
    const index = this.#free.findIndex((buffer) => buffer.byteLength >= bytes);
    const found = index < 0 ? undefined : this.#free.splice(index, 1)[0];
    if (found !== undefined) return found;
    let size = SMALLEST_BYTES;
    while (size < bytes) size *= 2;
    return new ArrayBuffer(size);
  }

  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength === 0 || buffer.byteLength > LARGEST_KEPT_BYTES) return;
    // Full: drops the smallest, so that the pool adapts to the size in use.
    if (this.#free.length === this.#most) {
      this.#free.sort((a, b) => b.byteLength - a.byteLength);
      if ((this.#free[this.#most - 1]?.byteLength ?? 0) >= buffer.byteLength) return;
      this.#free.pop();
    }
    this.#free.push(buffer);
  }
}
