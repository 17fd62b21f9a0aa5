/** Metrics over sources that a test sets. */

import { KeyCounts } from '../../server/observe/metrics/key-counts.js';
import type { MetricSources } from '../../server/observe/metrics/metric.js';
import { Metrics } from '../../server/observe/metrics/metrics.js';
import { PredictionCounts } from '../../server/observe/metrics/prediction-counts.js';
import { StreamAges } from '../../server/streams/viewers/ages.js';
import { readSeries, type Series } from './exposition.js';

/** Sources of a hub without activity. */
export function idleSources(changes: Partial<MetricSources> = {}): MetricSources {
  return {
    predictions: new PredictionCounts(() => 0, []),
    keys: new KeyCounts(),
    version: '1.2.3',
    state: () => 'ready',
    hub: { inFlight: 0, expectedWaitMs: 0, queues: () => new Map() },
    engine: { healthy: true, restarts: 0, tensors: async () => 0 },
    edge: {
      opened: 0,
      slowConnections: 0,
      refused: new Map(),
      misdirected: new Map(),
      cut: new Map(),
      connections: () => ({ websocket: 0, polling: 0 }),
      traffic: () => ({ received: 0, sent: 0 }),
      http: () => [],
    },
    streams: { size: 0, viewers: 0, counts: { skippedItems: 0, slowViewers: 0 }, ages: new StreamAges(() => 0) },
    utilisation: () => 0,
    log: undefined,
    ...changes,
  };
}

/** The hub's own series, without those of the process. */
export async function scrape(sources: MetricSources): Promise<readonly Series[]> {
  return readSeries(await new Metrics(sources).registry.metrics());
}
