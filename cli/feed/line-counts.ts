/** Statistics of the lines: counts, latencies, labels. Of constant size. Knows no hub and no wording. */

import { LatencyScale } from '../../command-line/view/latency-scale.js';

/** Period of the progress line's rates and latencies, in milliseconds. */
const RECENT_MS = 5_000;
/** Further kinds are counted together: a model may return anything. */
const MOST_KINDS = 32;
const OTHER = 'other';

export class LineCounts {
  #startedAt: number;
  readonly #latency = new LatencyScale();
  #recent = new LatencyScale();
  #before = new LatencyScale();
  /** Number of answers at past ticks, oldest first. */
  readonly #marks: { readonly at: number; readonly answered: number }[] = [];
  #swappedAt: number;
  #now: number;
  readonly labels = new Map<string, number>();
  /** Lines that failed for good, by code, and one example message. */
  readonly failures = new Map<string, number>();
  failureExample = '';
  empty = 0;
  unreadable = 0;
  cut = 0;
  /** Lines sent to the hub; a re-sent line counts once. */
  sent = 0;
  answered = 0;
  resent = 0;
  /** Lines unanswered when the feed ended. */
  unanswered = 0;
  /** Bytes of the input up to the last line sent. */
  readBytes = 0;
  /** The model that answered last. */
  model = '';

  constructor(now: number) {
    this.#startedAt = now;
    this.#swappedAt = now;
    this.#now = now;
  }

  get elapsedMs(): number {
    return this.#now - this.#startedAt;
  }

  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Starts the run: time before this was waiting. */
  begin(now: number): void {
    this.#startedAt = now;
    this.#swappedAt = now;
    this.tick(now);
  }

  /** Advances to `now`. Call a few times a second. */
  tick(now: number): void {
    this.#now = now;
    this.#marks.push({ at: now, answered: this.answered });
    while (this.#marks.length > 2 && (this.#marks[0]?.at ?? now) < now - RECENT_MS) this.#marks.shift();
    if (now - this.#swappedAt < RECENT_MS) return;
    this.#swappedAt = now;
    this.#before = this.#recent;
    this.#recent = new LatencyScale();
  }

  answer(model: string, label: unknown, latencyMs: number): void {
    this.answered += 1;
    this.model = model;
    this.#latency.record(latencyMs);
    this.#recent.record(latencyMs);
    if (typeof label === 'string') add(this.labels, label);
  }

  failure(code: string, message: string): void {
    add(this.failures, code);
    this.failureExample = message;
  }

  /** Recent answers per second. */
  get recentRate(): number {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return this.rate;
    return ((last.answered - first.answered) / (last.at - first.at)) * 1000;
  }

  /** Answers per second over the whole run. */
  get rate(): number {
    return this.elapsedMs === 0 ? 0 : (this.answered / this.elapsedMs) * 1000;
  }

  /** Recent latency percentile, in milliseconds. */
  recentLatencyMs(share: number): number | undefined {
    const both = new LatencyScale();
    both.merge(this.#before.toCounts());
    both.merge(this.#recent.toCounts());
    return both.percentile(share);
  }

  /** Latency percentile over the whole run, in milliseconds. */
  latencyMs(share: number): number | undefined {
    return this.#latency.percentile(share);
  }
}

function add(counts: Map<string, number>, kind: string): void {
  const known = counts.has(kind) || counts.size < MOST_KINDS ? kind : OTHER;
  counts.set(known, (counts.get(known) ?? 0) + 1);
}
