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
    help: 'Requests that were answered, by how they came in and how they ended: ok, or a code of the error table. Refused ones are among them; model is empty where the request named none that there is.',
    use: 'Rate of predictions, and the share that failed. OVERLOADED was refused before it waited; DEADLINE_EXCEEDED, ENGINE_FAILED and NOT_FINITE were accepted first; NOT_FINITE is NaN or infinity in the answer: a model that does not bear its input.',
    *read(sources) {
      yield* ofModels(sources, (counts) => requestSamples(counts, true));
      yield* requestSamples(sources.predictions.unknown, false);
    },
  },
  {
    name: 'tickcast_rows_total',
    type: 'counter',
    labels: MODEL,
    help: 'Rows that were run in batches, those of failed batches and those run again included.',
    use: 'Divided by tickcast_batches_total: the mean batch.',
    read: (sources) => ofModels(sources, (counts) => [{ labels: counts.series, value: counts.batchRows.sum }]),
  },
  {
    name: 'tickcast_batches_total',
    type: 'counter',
    labels: [...MODEL, 'status'],
    help: 'Batches that ended: done, failed (the model threw), lost (its engine thread died or hung).',
    use: 'failed and lost are searched for the row at fault: a few of them at a time are one poison row.',
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
    help: 'Rows of each batch.',
    use: 'Batches of one at a high rate mean that requests come singly; batches near --max-batch-rows that the engine is the limit.',
    read: (sources) => ofModels(sources, (counts) => counts.batchRows),
  },
  {
    name: 'tickcast_predicted_labels_total',
    type: 'counter',
    labels: [...MODEL, 'label'],
    help: 'Rows by the label that scored highest, for models whose manifest has labels, and not more than 100.',
    use: 'Shares of labels over time: a shift without a new model is drift of the input.',
    *read(sources) {
      yield* ofModels(sources, (counts) =>
        Array.from(counts.predicted(), ({ label, count }) => ({ labels: { ...counts.series, label }, value: count })),
      );
    },
  },
  time(
    'tickcast_request_seconds',
    'Time of each prediction from acceptance until its answer left. Failed requests are not in it.',
    'The latency that the hub answers for; what a client sees has the network on top.',
    (counts) => counts.request,
  ),
  time(
    'tickcast_queue_seconds',
    'Part of it before the batch was given to the engine. Empty with --receipts false, like the next two.',
    'High: the engine is the limit. Add engine threads or hubs, or shed earlier with shorter timeouts.',
    (counts) => counts.queue,
  ),
  time(
    'tickcast_batch_seconds',
    'Part of it around the model: packing, the way to the engine thread and back, and the turn in which the answer left.',
    'High while infer is low: the main thread is busy, see tickcast_event_loop_utilisation_ratio.',
    (counts) => counts.batch,
  ),
  time(
    'tickcast_infer_seconds',
    'Part of it in the model, the featuriser included; all predictions of a batch have the same.',
    'Grows with the batch. High at a batch of one: the model or its backend is slow.',
    (counts) => counts.infer,
  ),
  {
    name: 'tickcast_queue_rows',
    type: 'gauge',
    labels: MODEL,
    help: 'Rows waiting now.',
    use: 'Near --max-queue-rows requests are refused OVERLOADED.',
    *read({ predictions, hub }) {
      const queues = hub.queues();
      for (const [model, { series }] of predictions.models) yield { labels: series, value: queues.get(model) ?? 0 };
    },
  },
];
