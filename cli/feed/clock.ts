/** Time as the feed sees it, so that a test can move it. Monotonic. */

import { setTimeout as delay } from 'node:timers/promises';

export interface FeedClock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const machineClock: FeedClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
};
