/** All of the hub's own metrics, in groups: `/metrics` and docs/metrics.md are generated from this table. */

import { EDGE_METRICS } from './edge-metrics.js';
import { HUB_METRICS } from './hub-metrics.js';
import { KEY_METRICS } from './key-metrics.js';
import type { Metric } from './metric.js';
import { PREDICTION_METRICS } from './prediction-metrics.js';

/** In the order of the docs. */
export const METRIC_GROUPS: readonly { readonly title: string; readonly metrics: readonly Metric[] }[] = [
  { title: 'Requests, batches, models', metrics: PREDICTION_METRICS },
  { title: 'Hub and engine', metrics: HUB_METRICS },
  { title: 'Connections, HTTP, streams', metrics: EDGE_METRICS },
  { title: 'Keys', metrics: KEY_METRICS },
];
