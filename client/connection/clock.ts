/** The machine's clock, behind an interface that tests replace. Monotonic: unaffected by changes of the wall clock. */

import type { TimerClock } from '../../shared/time/deadline-timer.js';

export const systemClock: TimerClock = {
  now: () => performance.now(),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
