/** The signals that end a process in good order, and when a further one means: at once. */

import type { Clock } from './contracts/clock.js';

/** SIGHUP is what a terminal sends that is closed. SIGQUIT is left to end the process without order. */
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
export type EndSignal = (typeof END_SIGNALS)[number];

/** Within this a further signal is the same one: npm, `timeout` and shells pass on what the whole process group was sent already. */
const SAME_SIGNAL_MS = 100;

export interface EndSignalSource {
  on(signal: EndSignal, listener: () => void): unknown;
}

/** `first` is called once; `again` for each signal that comes later than {@link SAME_SIGNAL_MS} after it, of any of the kinds. */
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
