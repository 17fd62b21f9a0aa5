/** prom-client's metrics of the process and of Node. One set a process: their observers cannot be closed, and they count for all hubs in it. */

import { collectDefaultMetrics, Registry } from 'prom-client';

/** Gauges whose names say that they were counters; the same numbers are there by type, without `_total`. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

let registry: Registry | undefined;

/** Made when first asked for. */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  return registry;
}
