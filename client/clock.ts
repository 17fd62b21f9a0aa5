/** Time as the client sees it, replaceable in tests. Monotonic: unaffected by changes of the wall clock. */

export interface ClientClock {
  /** Milliseconds since a fixed moment, with a fraction. */
  now(): number;
  /** Calls `run` once, after `delayMs` milliseconds or slightly later. */
  setTimer(delayMs: number, run: () => void): { readonly cancel: () => void };
}

/** The machine's clock. */
export const systemClock: ClientClock = {
  now: () => performance.now(),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
