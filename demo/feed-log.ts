/** Collects what happens to the feed's requests until the next report. Knows no sockets and no processes. */

import { LatencyScale } from '../command-line/view/latency-scale.js';
import { type FeedReport, isLabel, LABELS, type LabelCounts, type Scored } from './feed-report.js';
import type { Message } from './text/grammar.js';

/** The view shows fewer, so more are not kept. */
const NEWEST = 60;

/** The part of a prediction that the feed reads. */
export interface Answer {
  readonly model: string;
  readonly label?: unknown;
  readonly score?: unknown;
}

export class FeedLog {
  #sent = 0;
  #answered = 0;
  #errors = new Map<string, number>();
  #errorExample = '';
  #latencies = new LatencyScale();
  #topics = new Map<string, LabelCounts>();
  #newest: Scored[] = [];
  #model = '';
  /** Sent and not settled. */
  #open = 0;

  get open(): number {
    return this.#open;
  }

  sent(): void {
    this.#sent += 1;
    this.#open += 1;
  }

  answered({ topic, text }: Message, { model, label, score }: Answer, latencyMs: number): void {
    this.#open -= 1;
    if (!isLabel(label) || typeof score !== 'number') {
      return this.#error('NO_LABEL', `${model} answers without one of the labels ${LABELS.join(', ')}`);
    }
    this.#answered += 1;
    this.#model = model;
    this.#latencies.record(latencyMs);
    const [negative, neutral, positive] = this.#topics.get(topic) ?? [0, 0, 0];
    const one = (name: string): number => (name === label ? 1 : 0);
    this.#topics.set(topic, [negative + one('negative'), neutral + one('neutral'), positive + one('positive')]);
    this.#newest.push({ topic, text, label, score });
    if (this.#newest.length > NEWEST) this.#newest.shift();
  }

  failed(code: string, message: string): void {
    this.#open -= 1;
    this.#error(code, message);
  }

  /** What was collected since the last call. */
  take(connection: string): FeedReport {
    const report: FeedReport = {
      kind: 'report',
      sent: this.#sent,
      answered: this.#answered,
      errors: Object.fromEntries(this.#errors),
      errorExample: this.#errorExample,
      latencies: this.#latencies.toCounts(),
      topics: Object.fromEntries(this.#topics),
      newest: this.#newest,
      connection,
      model: this.#model,
    };
    this.#sent = 0;
    this.#answered = 0;
    this.#errors = new Map();
    this.#errorExample = '';
    this.#latencies = new LatencyScale();
    this.#topics = new Map();
    this.#newest = [];
    return report;
  }

  #error(code: string, message: string): void {
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
    this.#errorExample = message;
  }
}
