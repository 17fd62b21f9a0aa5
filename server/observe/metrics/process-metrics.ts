/**
 * prom-client's metrics of the process and of Node. One set per process: their observers cannot be closed, and they
 * cover all hubs in it.
 */

import { collectDefaultMetrics, Registry } from 'prom-client';

/** Gauges whose names end in `_total` like counters; the same numbers exist by type, without `_total`. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

let registry: Registry | undefined;

/** Created on first use. */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  return registry;
}
