/** How busy the event loop of the main thread is. */

import { performance } from 'node:perf_hooks';

/** Fraction of the time, from 0 to 1. Each call covers the time since the previous one. */
export function utilisationMeter(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return Number.isFinite(utilization) ? utilization : 0;
  };
}
