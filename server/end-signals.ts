/** The signals that end a process gracefully, and when a further one means an immediate end. */

import type { Clock } from './contracts/clock.js';

/** SIGHUP is sent by a closing terminal. SIGQUIT is left to end the process immediately. */
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
export type EndSignal = (typeof END_SIGNALS)[number];

/**
 * A further signal within this time counts as the same one, in milliseconds: npm, `timeout` and shells repeat what the
 * whole process group already received.
 */
const SAME_SIGNAL_MS = 100;

export interface EndSignalSource {
  on(signal: EndSignal, listener: () => void): unknown;
}

/** Calls `first` once, and `again` for each signal, of any kind, later than {@link SAME_SIGNAL_MS} after it. */
export function onEndSignals(
  source: EndSignalSource,
  clock: Pick<Clock, 'now'>,
  { first, again }: { readonly first: (signal: EndSignal) => void; readonly again: () => void },
): void {
  let askedAt: number | undefined;
  for (const signal of END_SIGNALS) {
    source.on(signal, () => {
      if (askedAt === undefined) {
        askedAt = clock.now();
        first(signal);
      } else if (clock.now() - askedAt > SAME_SIGNAL_MS) again();
    });
  }
}
