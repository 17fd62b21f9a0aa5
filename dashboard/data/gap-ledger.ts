/** The periods for which the page has no data, and why. Bounded; knows neither streams nor charts. */

import { span, whole } from '../ui/format.js';

/** Why data is missing. `silent`: unannounced. */
export type GapReason = 'evicted' | 'restarted' | 'moved' | 'silent';

export interface Gap {
  /** Milliseconds since 1970 by the hub's clock. */
  readonly from: number;
  readonly to: number;
  readonly reason: GapReason;
  /** Number of missed messages, if known. */
  readonly missed: number | null;
}

export const MAX_GAPS = 64;

export class GapLedger {
  #gaps: Gap[] = [];

  get all(): readonly Gap[] {
    return this.#gaps;
  }

  add(gap: Gap): void {
    this.#gaps.push(gap);
    this.#gaps.sort((a, b) => a.from - b.from);
    if (this.#gaps.length > MAX_GAPS) this.#gaps.shift();
  }

  /** Replaces what is known with `holes`; a hole keeps the reason of a gap that it overlaps or touches. */
  rebuild(holes: readonly Pick<Gap, 'from' | 'to'>[]): void {
    const before = this.#gaps;
    const kept = holes.map(({ from, to }): Gap => {
      const known = before.find((gap) => gap.reason !== 'silent' && gap.from <= to && gap.to >= from);
      return { from, to, reason: known?.reason ?? 'silent', missed: known?.missed ?? null };
    });
    // A gap without a length has no hole of its own.
    const marks = before.filter(
      (gap) => gap.from === gap.to && !kept.some(({ from, to }) => from <= gap.to && to >= gap.from),
    );
    this.#gaps = [...kept, ...marks].sort((a, b) => a.from - b.from).slice(-MAX_GAPS);
  }

  /** Forgets what ended before `ms`. */
  forget(ms: number): void {
    while (this.#gaps[0] !== undefined && this.#gaps[0].to < ms) this.#gaps.shift();
  }

  clear(): void {
    this.#gaps = [];
  }
}

/** A gap in words: what happened, and what it means for the reader. */
export function gapText({ from, to, reason, missed }: Gap): readonly [string, string] {
  switch (reason) {
    case 'evicted':
      return [`${missed === null ? 'Some' : whole(missed)} missed`, 'no longer kept by the hub'];
    case 'restarted':
      return ['Hub restarted', 'unknown number missed'];
    case 'moved':
      return ['Moved to another hub', 'unknown number missed'];
    case 'silent':
      return [`No data for ${span(to - from)}`, 'nothing is made up'];
  }
}
