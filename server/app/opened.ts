/** What a start has opened so far, to be closed in reverse order when a later step fails. */

export class Opened {
  readonly #closers: (() => unknown)[] = [];
  readonly #fault: (cause: unknown) => void;

  /** @param fault told of what could not be closed; the rest is closed all the same. */
  constructor(fault: (cause: unknown) => void) {
    this.#fault = fault;
  }

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** From now on one function closes everything so far. */
  become(close: () => unknown): void {
    this.#closers.splice(0, Number.POSITIVE_INFINITY, close);
  }

  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (cause) {
        this.#fault(cause);
      }
    }
  }
}
