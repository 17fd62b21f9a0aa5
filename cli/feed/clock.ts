/** Time as the feed sees it, replaceable in tests. Monotonic. */

import { setTimeout as delay } from 'node:timers/promises';

export interface FeedClock {
  /** Milliseconds since a fixed moment. */
  now(): number;
  /** Resolves after `ms` milliseconds, or immediately when the signal is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const machineClock: FeedClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
};
