/** Counts what the hub tells of requests and batches. Runs once for each prediction: no string is made, nothing is allocated. */

import type { ModelSpec } from '../../contracts/model.js';
import type { BatchEvent, HubListener, SettledEvent } from '../../core/requests/events.js';
import { ModelCounts } from './model-counts.js';

export class PredictionCounts {
  /** Requests to no model that there is. */
  readonly unknown = new ModelCounts(undefined);
  readonly #now: () => number;
  /** A version is loaded once, so one spec is one set of series. */
  readonly #models = new Map<ModelSpec, ModelCounts>();

  /**
   * @param now on the core's clock: for the time of predictions without a receipt.
   * @param models whose series are to be there from the start: a counter that appears with its first event hides that event.
   */
  constructor(now: () => number, models: Iterable<ModelSpec>) {
    this.#now = now;
    for (const model of models) this.#of(model);
  }

  readonly listener: HubListener = (event) => {
    switch (event.type) {
      case 'settled':
        return this.#settled(event);
      case 'batch':
        return this.#ended(event);
      case 'refused': {
        const counts = event.model === undefined ? this.unknown : this.#of(event.model);
        return counts.addRequest(event.origin.via, event.error.code);
      }
    }
  };

  /** Each model version that there is or was. */
  get models(): Iterable<readonly [ModelSpec, ModelCounts]> {
    return this.#models;
  }

  #settled({ pending, outcome }: SettledEvent): void {
    const counts = this.#of(pending.queue.model.spec);
    const { via } = pending.origin;
    if (!outcome.ok) return counts.addRequest(via, outcome.error.code);
    counts.addRequest(via, 'ok');
    const { timing } = outcome;
    const totalUs = timing?.totalUs ?? Math.max(0, Math.round((this.#now() - pending.acceptedAt) * 1000));
    counts.addPrediction(outcome, totalUs);
  }

  #ended(event: BatchEvent): void {
    this.#of(event.model).addBatch(event);
  }

  #of(model: ModelSpec): ModelCounts {
    let counts = this.#models.get(model);
    if (counts === undefined) {
      counts = new ModelCounts(model);
      this.#models.set(model, counts);
    }
    return counts;
  }
}
