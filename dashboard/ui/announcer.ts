/** What a screen reader hears by itself: the connection at once, the figures now and then and only when they changed. */

import { byId } from './dom.js';

const SUMMARY_MS = 10_000;

export class Announcer {
  readonly #region = byId('announcer', HTMLElement);
  #state = '';
  #summary = '';
  #summaryAt = Number.NEGATIVE_INFINITY;

  /** The connection, in a few words; numbers that count down do not belong in it. */
  state(text: string): void {
    if (text === this.#state) return;
    const isFirst = this.#state === '';
    this.#state = text;
    if (!isFirst || text !== 'Live') this.#region.textContent = text;
  }

  /** True when a summary was due and given. `now` is in milliseconds on a clock that only goes forward. */
  summary(text: string, now: number): boolean {
    if (now - this.#summaryAt < SUMMARY_MS) return false;
    this.#summaryAt = now;
    if (text === this.#summary) return false;
    this.#summary = text;
    this.#region.textContent = text;
    return true;
  }
}
