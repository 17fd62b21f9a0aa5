/** A figure that somebody else must be asked for, who may be busy: asked at most once at a time, and waited for only a moment. */

import type { Clock } from '../../contracts/clock.js';

export class CachedGauge {
  readonly #ask: () => Promise<number | undefined>;
  readonly #clock: Clock;
  readonly #waitMs: number;
  #asked: Promise<void> | undefined;
  #known: number | undefined;

  /** @param ask must settle at last, and must not reject; undefined: it cannot be told now. */
  constructor(ask: () => Promise<number | undefined>, clock: Clock, waitMs: number) {
    this.#ask = ask;
    this.#clock = clock;
    this.#waitMs = waitMs;
  }

  /** The figure, or the newest known when it does not come in time; undefined before the first. */
  async read(): Promise<number | undefined> {
    this.#asked ??= this.#ask().then((figure) => {
      this.#asked = undefined;
      this.#known = figure ?? this.#known;
    });
    const asked = this.#asked;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(this.#waitMs, resolve);
      void asked.then(() => {
        timer.cancel();
        resolve();
      });
    });
    return this.#known;
  }
}
