/**
 * The view's data, from the feed's reports and the hub's batch totals. Knows neither processes nor the presentation.
 */

import { type LatencyCounts, LatencyScale } from '../../command-line/view/latency-scale.js';
import { terminalText } from '../../shared/terminal-text.js';
import type { FeedReport, LabelCounts, Scored } from '../feed-report.js';
import type { BatchTotals } from '../hub-process.js';

/** Period of each figure, in seconds. */
const RATE_SECONDS = 5;
const LATENCY_SECONDS = 10;
export const SHARE_SECONDS = 30;
/** Period of each value of a trend, oldest first, in seconds. */
const TREND_SECONDS = 3;
export const TREND_CELLS = 20;
const KEPT_SECONDS = TREND_SECONDS * TREND_CELLS;
/** Interval between shown messages, slow enough to read, in milliseconds. */
const SAMPLE_EVERY_MS = 250;
const KEPT_SAMPLES = 80;

const NOTHING_YET: BatchTotals = { batches: 0, rows: 0 };

/** What happened in one second. */
interface Second {
  sent: number;
  answered: number;
  readonly latencies: LatencyCounts[];
  readonly topics: Map<string, LabelCounts>;
}

export class Tally {
  /** Milliseconds on the caller's clock. */
  readonly #started: number;
  readonly #seconds = new Map<number, Second>();
  readonly #errors = new Map<string, number>();
  readonly #latency = new LatencyScale();
  readonly #totals: { readonly at: number; readonly totals: BatchTotals }[] = [];
  readonly #samples: Scored[] = [];
  #sampledAt = Number.NEGATIVE_INFINITY;
  #now: number;
  sent = 0;
  answered = 0;
  errorExample = '';
  connection = 'connecting';
  model = '';
  labels: LabelCounts = [0, 0, 0];

  constructor(now: number) {
    this.#started = now;
    this.#now = now;
  }

  get elapsedSeconds(): number {
    return (this.#now - this.#started) / 1000;
  }

  /** Chosen messages, newest last. */
  get samples(): readonly Scored[] {
    return this.#samples;
  }

  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  get errorCount(): number {
    return [...this.#errors.values()].reduce((sum, value) => sum + value, 0);
  }

  /** Advances to `now`. */
  tick(now: number): void {
    this.#now = now;
    for (const second of this.#seconds.keys()) {
      if (second < this.#second - KEPT_SECONDS) this.#seconds.delete(second);
    }
  }

  addReport(report: FeedReport, now: number): void {
    this.tick(now);
    this.sent += report.sent;
    this.answered += report.answered;
    for (const [code, times] of Object.entries(report.errors)) {
      this.#errors.set(code, (this.#errors.get(code) ?? 0) + times);
    }
    if (report.errorExample !== '') this.errorExample = terminalText(report.errorExample);
    if (report.model !== '') this.model = terminalText(report.model);
    this.connection = report.connection;
    this.#latency.merge(report.latencies);
    const second = this.#current();
    second.sent += report.sent;
    second.answered += report.answered;
    second.latencies.push(report.latencies);
    for (const [topic, counts] of Object.entries(report.topics)) {
      second.topics.set(topic, add(second.topics.get(topic), counts));
      this.labels = add(this.labels, counts);
    }
    const newest = report.newest.at(-1);
    if (newest === undefined || now - this.#sampledAt < SAMPLE_EVERY_MS) return;
    this.#sampledAt = now;
    this.#samples.push(newest);
    if (this.#samples.length > KEPT_SAMPLES) this.#samples.shift();
  }

  addTotals(totals: BatchTotals, now: number): void {
    this.#totals.push({ at: now, totals });
    // The first stays, for the mean of the whole run.
    while (this.#totals.length > 2 && (this.#totals[1]?.at ?? now) < now - RATE_SECONDS * 1000)
      this.#totals.splice(1, 1);
  }

  /** Messages per second over the last whole seconds. */
  get sentRate(): number {
    return this.#rate((second) => second.sent);
  }

  get answeredRate(): number {
    return this.#rate((second) => second.answered);
  }

  /** Latency percentile over the last seconds, in milliseconds. */
  latencyMs(share: number): number | undefined {
    const scale = new LatencyScale();
    for (const second of this.#last(LATENCY_SECONDS)) {
      for (const counts of second.latencies) scale.merge(counts);
    }
    return scale.percentile(share);
  }

  /** Latency percentile over the whole run, in milliseconds. */
  latencyOfAllMs(share: number): number | undefined {
    return this.#latency.percentile(share);
  }

  /** Recent mean rows per batch. */
  get meanBatchRows(): number | undefined {
    const from = this.#totals.length > 2 ? this.#totals[1]?.totals : NOTHING_YET;
    return meanBatch(from, this.#totals.at(-1)?.totals);
  }

  get meanBatchRowsOfAll(): number | undefined {
    return meanBatch(NOTHING_YET, this.#totals.at(-1)?.totals);
  }

  /** Answers per label over the last seconds; of one topic or of all. */
  shares(topic?: string): LabelCounts {
    return sumOf(this.#last(SHARE_SECONDS), topic);
  }

  /** Positive share minus negative share, from -1 to 1, oldest first; undefined without answers. */
  trend(topic?: string): readonly (number | undefined)[] {
    return Array.from({ length: TREND_CELLS }, (_, cell) => {
      const last = Math.floor(this.#second / TREND_SECONDS) - (TREND_CELLS - 1 - cell);
      const seconds = Array.from({ length: TREND_SECONDS }, (_, i) => this.#seconds.get(last * TREND_SECONDS + i));
      const [negative, neutral, positive] = sumOf(
        seconds.filter((second) => second !== undefined),
        topic,
      );
      const total = negative + neutral + positive;
      return total === 0 ? undefined : (positive - negative) / total;
    });
  }

  get #second(): number {
    return Math.floor(this.elapsedSeconds);
  }

  #current(): Second {
    let second = this.#seconds.get(this.#second);
    if (second === undefined) {
      second = { sent: 0, answered: 0, latencies: [], topics: new Map() };
      this.#seconds.set(this.#second, second);
    }
    return second;
  }

  #last(length: number): readonly Second[] {
    return [...this.#seconds].filter(([at]) => at > this.#second - length).map(([, second]) => second);
  }

  #rate(read: (second: Second) => number): number {
    // The current, incomplete second would pull the figure down.
    const whole = Math.min(RATE_SECONDS, this.#second);
    if (whole === 0) return 0;
    let sum = 0;
    for (const [at, second] of this.#seconds) if (at < this.#second && at >= this.#second - whole) sum += read(second);
    return sum / whole;
  }
}

function add(a: LabelCounts = [0, 0, 0], b: LabelCounts = [0, 0, 0]): LabelCounts {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function sumOf(seconds: readonly Second[], topic: string | undefined): LabelCounts {
  let sum: LabelCounts = [0, 0, 0];
  for (const { topics } of seconds) {
    for (const [name, counts] of topics) if (topic === undefined || topic === name) sum = add(sum, counts);
  }
  return sum;
}

function meanBatch(from: BatchTotals | undefined, to: BatchTotals | undefined): number | undefined {
  if (from === undefined || to === undefined || to.batches === from.batches) return undefined;
  return (to.rows - from.rows) / (to.batches - from.batches);
}
