/** Bounds the unanswered lines: the only thing that slows down reading. Knows no lines. */

export class SendWindow {
  #open = 0;
  readonly #waiting = new Set<() => void>();

  /** Number that have entered and not left. */
  get open(): number {
    return this.#open;
  }

  /** Resolves with true when fewer than `capacity()` are open, after counting one more; with false at the signal. */
  async enter(capacity: () => number, signal: AbortSignal): Promise<boolean> {
    while (this.#open >= capacity() && !signal.aborted) await this.#change(signal);
    if (signal.aborted) return false;
    this.#open += 1;
    return true;
  }

  leave(): void {
    this.#open -= 1;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves when none is open, or at the signal. */
  async empty(signal: AbortSignal): Promise<void> {
    while (this.#open > 0 && !signal.aborted) await this.#change(signal);
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
