/** A gauge whose source may be slow: asked at most once at a time, and awaited only briefly. */

import type { Clock } from '../../contracts/clock.js';

export class CachedGauge {
  readonly #ask: () => Promise<number | undefined>;
  readonly #clock: Clock;
  readonly #waitMs: number;
  #asked: Promise<void> | undefined;
  #known: number | undefined;

  /** @param ask must settle eventually and must not reject; undefined: not available now. */
  constructor(ask: () => Promise<number | undefined>, clock: Clock, waitMs: number) {
    this.#ask = ask;
    this.#clock = clock;
    this.#waitMs = waitMs;
  }

  /** The value, or the newest known one when it does not arrive in time; undefined before the first. */
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
