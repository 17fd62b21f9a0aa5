/** Throttles log lines: the first at once, then one summary every 10 s. */

import type { Clock, Timer } from '../../contracts/clock.js';

export interface Repeated {
  readonly count: number;
  readonly withinMs: number;
}

/** Writes one line: for a single event, or, given a count, a summary of several, of which the last is at hand. */
export type WriteLine = (more: Repeated | undefined) => void;

interface Span {
  count: number;
  last: WriteLine;
  readonly timer: Timer;
}

/** Interval between summaries of one kind, in milliseconds. */
const SPAN_MS = 10_000;

export class LogThrottle {
  readonly #clock: Clock;
  readonly #spans = new Map<string, Span>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param kind one of few: each may have its own line. */
  tell(kind: string, line: WriteLine): void {
    const span = this.#spans.get(kind);
    if (span !== undefined) {
      span.count += 1;
      span.last = line;
      return;
    }
    this.#begin(kind, line);
    line(undefined);
  }

  /** Writes pending summaries and stops. */
  close(): void {
    for (const span of this.#spans.values()) {
      span.timer.cancel();
      if (span.count > 0) span.last({ count: span.count, withinMs: SPAN_MS });
    }
    this.#spans.clear();
  }

  #begin(kind: string, line: WriteLine): void {
    const timer = this.#clock.setTimer(SPAN_MS, () => {
      const { count, last } = span;
      this.#spans.delete(kind);
      if (count === 0) return;
      // Still occurring: the next line belongs to the next interval.
      this.#begin(kind, last);
      last({ count, withinMs: SPAN_MS });
    });
    const span: Span = { count: 0, last: line, timer };
    this.#spans.set(kind, span);
  }
}
