/** What a screen reader announces: the connection immediately, the figures now and then and only when changed. */

import { byId } from './dom.js';

const SUMMARY_MS = 10_000;

export class Announcer {
  readonly #region = byId('announcer', HTMLElement);
  #state = '';
  #summary = '';
  #summaryAt = Number.NEGATIVE_INFINITY;

  /** The connection, in a few words; countdowns do not belong in it. */
  state(text: string): void {
    if (text === this.#state) return;
    const isFirst = this.#state === '';
    this.#state = text;
    if (!isFirst || text !== 'Live') this.#region.textContent = text;
  }

  /** True when a summary was due and given. `now`: milliseconds on a monotonic clock. */
  summary(text: string, now: number): boolean {
    if (now - this.#summaryAt < SUMMARY_MS) return false;
    this.#summaryAt = now;
    if (text === this.#summary) return false;
    this.#summary = text;
    this.#region.textContent = text;
    return true;
  }
}
