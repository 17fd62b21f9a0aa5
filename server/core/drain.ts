/** Drains a hub: everything accepted is settled, at the end of the grace period at the latest. */

import type { Clock } from '../contracts/clock.js';
import type { Ledger } from './requests/ledger.js';

/**
 * The result of a drain. `accepted` equals `settled` when nothing was lost; `abandoned` requests were settled with
 * DRAINING when the grace period ended.
 */
export interface DrainReport {
  readonly accepted: number;
  readonly settled: number;
  readonly refused: number;
  readonly abandoned: number;
  readonly tookMs: number;
}

/**
 * Waits until everything is settled, at most `graceMs` milliseconds; the rest is then settled with DRAINING. Nothing
 * more may be accepted. `ended` is called with the last.
 */
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
      // `abandoned` is set by the timer's call, which is still on the stack when it ends the wait.
      void Promise.resolve().then(() =>
        resolve({ accepted, settled, refused, abandoned, tookMs: clock.now() - startedAt }),
      );
    });
  });
}
