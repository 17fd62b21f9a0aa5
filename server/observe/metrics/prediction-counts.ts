/** Counts the hub's requests and batches. Runs once per prediction: creates no strings and allocates nothing. */

import type { WireError } from '../../../shared/errors.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { Predicted } from '../../contracts/outcome.js';
import type { EndedBatch, ObservedRequest, RefusedRequest, Tap } from '../../contracts/tap.js';
import { ModelCounts } from './model-counts.js';

export class PredictionCounts implements Tap {
  readonly name = 'prediction counts';
  /** Requests to unknown models. */
  readonly unknown = new ModelCounts(undefined);
  readonly #now: () => number;
  /** A version is loaded once, so one spec means one set of series. */
  readonly #models = new Map<ModelSpec, ModelCounts>();

  /**
   * @param now on the core's clock: measures predictions without a receipt.
   * @param models whose series exist from the start: a counter that appears with its first event hides that event.
   */
  constructor(now: () => number, models: Iterable<ModelSpec>) {
    this.#now = now;
    for (const model of models) this.#of(model);
  }

  predicted({ model, origin, acceptedAt }: ObservedRequest, outcome: Predicted): void {
    const counts = this.#of(model);
    counts.addRequest(origin.via, 'ok');
    const totalUs = outcome.timing?.totalUs ?? Math.max(0, Math.round((this.#now() - acceptedAt) * 1000));
    counts.addPrediction(outcome, totalUs);
  }

  failed({ model, origin }: ObservedRequest, { code }: WireError): void {
    this.#of(model).addRequest(origin.via, code);
  }

  refused({ model, origin, error }: RefusedRequest): void {
    const counts = model === undefined ? this.unknown : this.#of(model);
    counts.addRequest(origin.via, error.code);
  }

  batch(batch: EndedBatch): void {
    this.#of(batch.model).addBatch(batch);
  }

  batchFailed(batch: EndedBatch): void {
    this.batch(batch);
  }

  /** Each model version that is or was loaded. */
  get models(): Iterable<readonly [ModelSpec, ModelCounts]> {
    return this.#models;
  }

  #of(spec: ModelSpec): ModelCounts {
    const model = spec.base ?? spec;
    let counts = this.#models.get(model);
    if (counts === undefined) {
      counts = new ModelCounts(model);
      this.#models.set(model, counts);
    }
    return counts;
  }
}
