/** Time and timers that a test moves by hand: the part that the manual clocks of the hub and of the client share. */

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

export class ManualTimers {
  /** Milliseconds; starts at 0. */
  now = 0;
  #timers: Entry[] = [];

  /** Number of pending timers. */
  get size(): number {
    return this.#timers.length;
  }

  set(delayMs: number, run: () => void): { readonly cancel: () => void } {
    const entry = { at: this.now + delayMs, run };
    this.#timers.push(entry);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((timer) => timer !== entry);
      },
    };
  }

  /** Takes the first timer that is due by this time, moves to its time and returns what it runs; undefined: none is. */
  take(until: number): (() => void) | undefined {
    const next = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) return undefined;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.now = Math.max(this.now, next.at);
    return next.run;
  }
}
