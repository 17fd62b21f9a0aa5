/** Counters of one model version, as plain numbers: counting creates no strings. */

import { ERRORS, type ErrorCode } from '../../../shared/errors.js';
import { LabelScores } from '../../../shared/output.js';
import { Histogram } from '../../../shared/time/histogram.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { Predicted } from '../../contracts/outcome.js';
import type { EndedBatch, Via } from '../../contracts/tap.js';
import { BATCH_ROWS, TIME_US } from './buckets.js';

/** Their series exist from the start; those of other doors from their first request on. */
const VIAS: readonly Via[] = ['socketio', 'rest', 'in-process'];
/** The possible results of a request. */
export const OUTCOMES = ['ok', ...(Object.keys(ERRORS) as ErrorCode[])] as const;
const OUTCOME_INDEX = Object.fromEntries(OUTCOMES.map((outcome, index) => [outcome, index])) as Record<
  (typeof OUTCOMES)[number],
  number
>;
/**
 * A model with more labels than this gets no series per label: there would be too many, and finding the best a second
 * time costs too much.
 */
export const MAX_COUNTED_LABELS = 100;
const STATUSES: readonly EndedBatch['status'][] = ['done', 'failed', 'lost'];

export class ModelCounts {
  /** The labels of its series; empty names for requests to unknown models. */
  readonly series: { readonly model: string; readonly version: string };
  readonly queue = new Histogram(TIME_US);
  readonly batch = new Histogram(TIME_US);
  readonly infer = new Histogram(TIME_US);
  readonly request = new Histogram(TIME_US);
  readonly batchRows = new Histogram(BATCH_ROWS);
  readonly #labels: readonly string[];
  readonly #scores: LabelScores;
  /** By door, then by outcome. */
  readonly #requests = new Map(VIAS.map((via) => [via, new Float64Array(OUTCOMES.length)]));
  readonly #batches = new Float64Array(STATUSES.length);
  readonly #predicted: Float64Array;

  constructor(model: ModelSpec | undefined) {
    this.series = { model: model?.name ?? '', version: model?.version ?? '' };
    const labels = model?.labels ?? [];
    this.#labels = labels.length > MAX_COUNTED_LABELS ? [] : labels;
    this.#scores = new LabelScores(model?.outputs ?? [], labels.length);
    this.#predicted = new Float64Array(this.#labels.length);
  }

  addRequest(via: Via, outcome: (typeof OUTCOMES)[number]): void {
    let counts = this.#requests.get(via);
    if (counts === undefined) {
      counts = new Float64Array(OUTCOMES.length);
      this.#requests.set(via, counts);
    }
    const index = OUTCOME_INDEX[outcome];
    counts[index] = (counts[index] as number) + 1;
  }

  /** @param totalUs from acceptance to the answer, in microseconds. */
  addPrediction({ timing, output }: Predicted, totalUs: number): void {
    this.request.record(totalUs);
    if (timing !== undefined) {
      this.queue.record(timing.queueUs);
      this.batch.record(timing.batchUs);
      this.infer.record(timing.inferUs);
    }
    const predicted = this.#predicted;
    const scores = output.arrays[0];
    if (predicted.length === 0 || scores === undefined) return;
    for (let row = output.firstRow; row < output.firstRow + output.rows; row++) {
      const best = this.#scores.best(scores, row);
      predicted[best] = (predicted[best] as number) + 1;
    }
  }

  addBatch({ rows, status }: EndedBatch): void {
    const index = STATUSES.indexOf(status);
    this.#batches[index] = (this.#batches[index] as number) + 1;
    this.batchRows.record(rows);
  }

  /** Requests by door and outcome. */
  *requests(): Iterable<{ readonly via: string; readonly outcome: string; readonly count: number }> {
    for (const [via, counts] of this.#requests)
      for (const [index, outcome] of OUTCOMES.entries()) yield { via, outcome, count: counts[index] as number };
  }

  *batches(): Iterable<{ readonly status: string; readonly count: number }> {
    for (const [index, status] of STATUSES.entries()) yield { status, count: this.#batches[index] as number };
  }

  /** Rows by highest-scoring label. */
  *predicted(): Iterable<{ readonly label: string; readonly count: number }> {
    for (const [index, label] of this.#labels.entries()) yield { label, count: this.#predicted[index] as number };
  }
}
