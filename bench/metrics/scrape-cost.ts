/** The cost of one scrape: the text of /metrics for a number of models, rendered on the main thread. */

import { Metrics } from '../../server/observe/metrics/metrics.js';
import { PredictionCounts } from '../../server/observe/metrics/prediction-counts.js';
import { StreamAges } from '../../server/streams/viewers/ages.js';
import { median } from '../harness/statistics.js';
import { instantModel } from './instant-engine.js';

export interface ScrapeCost {
  readonly models: number;
  readonly bytes: number;
  /** Median CPU of one scrape. */
  readonly cpuMs: number;
}

export async function measureScrape(models: number, scrapes: number): Promise<ScrapeCost> {
  const labels = Array.from({ length: 10 }, (_, i) => `label ${i}`);
  const specs = Array.from({ length: models }, (_, i) => instantModel(`model-${i}`, labels.length, labels).spec);
  const metrics = new Metrics({
    predictions: new PredictionCounts(() => performance.now(), specs),
    keys: { all: [] },
    version: 'bench',
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
  });
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < scrapes; i++) {
    const before = process.cpuUsage();
    bytes = (await metrics.text()).length;
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return { models, bytes, cpuMs: median(times) };
}
