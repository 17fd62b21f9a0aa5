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
  readonly #lines = new Map<string, { until: number; unseen: number }>();

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

  /**
   * Allows a line of this kind once in `everyMs` milliseconds: returns how many were left out since the last one, or
   * undefined when this one is to be left out too. Uses the hub's clock, so changes of the wall clock have no effect.
   */
  due(kind: string, everyMs: number): number | undefined {
    const now = this.#clock.now();
    const line = this.#lines.get(kind);
    if (line !== undefined && now < line.until) {
      line.unseen += 1;
      return undefined;
    }
    this.#lines.set(kind, { until: now + everyMs, unseen: 0 });
    return line?.unseen ?? 0;
  }

  /** Tells what was gathered, and waits for no more. */
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
