/** The end of a hub: all that was accepted is settled, at the latest when its grace is over. */

import type { Clock } from '../contracts/clock.js';
import type { Ledger } from './requests/ledger.js';

/** What a drain did. `accepted` = `settled` when nothing was lost; `abandoned` were settled DRAINING when the grace was over. */
export interface DrainReport {
  readonly accepted: number;
  readonly settled: number;
  readonly refused: number;
  readonly abandoned: number;
  readonly tookMs: number;
}

/** Waits until all is settled, at most `graceMs`; what is left then is settled DRAINING. Nothing more may be accepted. `ended` is called with the last. */
export function drainLedger(ledger: Ledger, clock: Clock, graceMs: number, ended: () => void): Promise<DrainReport> {
  return new Promise((resolve) => {
    const startedAt = clock.now();
    let abandoned = 0;
    const timer = clock.setTimer(graceMs, () => {
      abandoned = ledger.abandon(
        'DRAINING',
        'the hub shut down before this was computed; send it again to another hub',
      );
    });
    ledger.whenIdle(() => {
      timer.cancel();
      ledger.close();
      const { accepted, settled, refused } = ledger.stats;
      ended();
      // `abandoned` is set by the timer's own call, which is under way when it ends the wait.
      void Promise.resolve().then(() =>
        resolve({ accepted, settled, refused, abandoned, tookMs: clock.now() - startedAt }),
      );
    });
  });
}
