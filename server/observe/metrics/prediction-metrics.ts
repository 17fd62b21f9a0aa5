/** The metrics of requests, batches and models. */

import type { Histogram } from '../../../shared/time/histogram.js';
import type { Metric, MetricSources, Sample } from './metric.js';
import type { ModelCounts } from './model-counts.js';

const MODEL = ['model', 'version'] as const;

/** Series per model version, read from its counts. */
function* ofModels(
  { predictions }: MetricSources,
  read: (counts: ModelCounts) => Iterable<Sample> | Histogram,
): Iterable<Sample> {
  for (const [, counts] of predictions.models) {
    const made = read(counts);
    if (Symbol.iterator in made) yield* made;
    else yield { labels: counts.series, value: made };
  }
}

function* requestSamples(counts: ModelCounts, isKnown: boolean): Iterable<Sample> {
  // Requests to unknown models have many combinations, most of which never occur.
  for (const { via, outcome, count } of counts.requests())
    if (isKnown || count > 0) yield { labels: { ...counts.series, via, outcome }, value: count };
}

/** A histogram per model version, of times counted in microseconds. */
function time(name: string, help: string, use: string, pick: (counts: ModelCounts) => Histogram): Metric {
  return {
    name,
    type: 'histogram',
    labels: MODEL,
    help,
    use,
    divisor: 1e6,
    read: (sources) => ofModels(sources, pick),
  };
}

export const PREDICTION_METRICS: readonly Metric[] = [
  {
    name: 'tickcast_requests_total',
    type: 'counter',
    labels: [...MODEL, 'via', 'outcome'],
    help: 'Requests answered, by door and outcome: ok, or an error code. Includes refused ones; model is empty if the request named an unknown one.',
    use: 'Rate of predictions, and the share that failed. OVERLOADED was refused before it was queued; DEADLINE_EXCEEDED, ENGINE_FAILED and NOT_FINITE were accepted first; NOT_FINITE is NaN or infinity in the answer: a model that cannot handle its input.',
    *read(sources) {
      yield* ofModels(sources, (counts) => requestSamples(counts, true));
      yield* requestSamples(sources.predictions.unknown, false);
    },
  },
  {
    name: 'tickcast_rows_total',
    type: 'counter',
    labels: MODEL,
    help: 'Rows run in batches, including failed batches and repeated runs.',
    use: 'Divided by tickcast_batches_total: the mean batch.',
    read: (sources) => ofModels(sources, (counts) => [{ labels: counts.series, value: counts.batchRows.sum }]),
  },
  {
    name: 'tickcast_batches_total',
    type: 'counter',
    labels: [...MODEL, 'status'],
    help: 'Completed batches: done, failed (the model threw), lost (the engine thread died or hung).',
    use: 'The hub searches failed and lost batches for the faulty row: a few at a time mean one poison row.',
    *read(sources) {
      yield* ofModels(sources, (counts) =>
        Array.from(counts.batches(), ({ status, count }) => ({ labels: { ...counts.series, status }, value: count })),
      );
    },
  },
  {
    name: 'tickcast_batch_rows',
    type: 'histogram',
    labels: MODEL,
    help: 'Rows per batch.',
    use: 'Batches of one at a high rate mean that requests arrive singly; batches near --max-batch-rows, that the engine is the bottleneck.',
    read: (sources) => ofModels(sources, (counts) => counts.batchRows),
  },
  {
    name: 'tickcast_predicted_labels_total',
    type: 'counter',
    labels: [...MODEL, 'label'],
    help: 'Rows by highest-scoring label, for models with at most 100 labels in their manifest.',
    use: 'Shares of labels over time: a shift without a new model means that the input drifts.',
    *read(sources) {
      yield* ofModels(sources, (counts) =>
        Array.from(counts.predicted(), ({ label, count }) => ({ labels: { ...counts.series, label }, value: count })),
      );
    },
  },
  time(
    'tickcast_request_seconds',
    'Time of each prediction from acceptance until its answer was sent, without failed requests.',
    'The hub’s own latency; clients also see the network’s.',
    (counts) => counts.request,
  ),
  time(
    'tickcast_queue_seconds',
    'Its part before the batch was posted to the engine. Empty with --receipts false, like the next two.',
    'High: the engine is the bottleneck. Add engine threads or hubs, or shed load earlier with shorter timeouts.',
    (counts) => counts.queue,
  ),
  time(
    'tickcast_batch_seconds',
    'Its part around the model: packing, transfer to the engine thread and back, and the turn in which the answer was sent.',
    'High while infer is low: the main thread is busy, see tickcast_event_loop_utilisation_ratio.',
    (counts) => counts.batch,
  ),
  time(
    'tickcast_infer_seconds',
    'Its part in the model, featuriser included; the same for all predictions of a batch.',
    'Grows with the batch. High for batches of one: the model or its backend is slow.',
    (counts) => counts.infer,
  ),
  {
    name: 'tickcast_queue_rows',
    type: 'gauge',
    labels: MODEL,
    help: 'Rows waiting.',
    use: 'Near --max-queue-rows, requests are refused with OVERLOADED.',
    *read({ predictions, hub }) {
      const queues = hub.queues();
      for (const [model, { series }] of predictions.models) yield { labels: series, value: queues.get(model) ?? 0 };
    },
  },
];
