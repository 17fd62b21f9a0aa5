/** What is counted of one model version, as plain numbers: by index, so that counting needs neither a string nor a look-up. */

import { ERRORS, type ErrorCode } from '../../../shared/errors.js';
import { bestOf } from '../../../shared/output.js';
import { Histogram } from '../../../shared/time/histogram.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { Outcome } from '../../contracts/outcome.js';
import type { BatchEvent } from '../../core/requests/events.js';
import type { Via } from '../../core/requests/request.js';
import { BATCH_ROWS, TIME_US } from './buckets.js';

const VIA_INDEX: Record<Via, number> = { socketio: 0, rest: 1, 'in-process': 2 };
const VIAS = Object.keys(VIA_INDEX);
/** How a request can end. */
export const OUTCOMES = ['ok', ...(Object.keys(ERRORS) as ErrorCode[])] as const;
const OUTCOME_INDEX = Object.fromEntries(OUTCOMES.map((outcome, index) => [outcome, index])) as Record<
  (typeof OUTCOMES)[number],
  number
>;
/** A model with more labels than this has no series for them: they would be too many, and finding the best a second time too dear. */
export const MAX_COUNTED_LABELS = 100;
const STATUSES: readonly BatchEvent['status'][] = ['done', 'failed', 'lost'];

type Prediction = Outcome & { readonly ok: true };

export class ModelCounts {
  /** The labels of its series; without names for requests to no model that there is. */
  readonly series: { readonly model: string; readonly version: string };
  readonly queue = new Histogram(TIME_US);
  readonly batch = new Histogram(TIME_US);
  readonly infer = new Histogram(TIME_US);
  readonly request = new Histogram(TIME_US);
  readonly batchRows = new Histogram(BATCH_ROWS);
  readonly #labels: readonly string[];
  readonly #requests = new Float64Array(VIAS.length * OUTCOMES.length);
  readonly #batches = new Float64Array(STATUSES.length);
  readonly #predicted: Float64Array;

  constructor(model: ModelSpec | undefined) {
    this.series = { model: model?.name ?? '', version: model?.version ?? '' };
    const labels = model?.labels ?? [];
    this.#labels = labels.length > MAX_COUNTED_LABELS ? [] : labels;
    this.#predicted = new Float64Array(this.#labels.length);
  }

  addRequest(via: Via, outcome: (typeof OUTCOMES)[number]): void {
    const index = VIA_INDEX[via] * OUTCOMES.length + OUTCOME_INDEX[outcome];
    this.#requests[index] = (this.#requests[index] as number) + 1;
  }

  /** @param totalUs from acceptance to the answer */
  addPrediction({ timing, output }: Prediction, totalUs: number): void {
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
      const best = bestOf(scores, row * predicted.length, predicted.length);
      predicted[best] = (predicted[best] as number) + 1;
    }
  }

  addBatch({ rows, status }: BatchEvent): void {
    const index = STATUSES.indexOf(status);
    this.#batches[index] = (this.#batches[index] as number) + 1;
    this.batchRows.record(rows);
  }

  /** Requests by how they came and how they ended. */
  *requests(): Iterable<{ readonly via: string; readonly outcome: string; readonly count: number }> {
    for (const [at, via] of VIAS.entries())
      for (const [index, outcome] of OUTCOMES.entries())
        yield { via, outcome, count: this.#requests[at * OUTCOMES.length + index] as number };
  }

  *batches(): Iterable<{ readonly status: string; readonly count: number }> {
    for (const [index, status] of STATUSES.entries()) yield { status, count: this.#batches[index] as number };
  }

  /** Rows by the label that scored highest. */
  *predicted(): Iterable<{ readonly label: string; readonly count: number }> {
    for (const [index, label] of this.#labels.entries()) yield { label, count: this.#predicted[index] as number };
  }
}
