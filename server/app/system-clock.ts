/** The core's clock, on Node's timers. */

import { performance } from 'node:perf_hooks';
import type { Clock } from '../contracts/clock.js';

/** The machine's monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  immediate: (run) => {
    setImmediate(run);
  },
};
