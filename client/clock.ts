/** Time as the client sees it, so that a test can move it. Monotonic: a jump of the wall clock changes nothing. */

export interface ClientClock {
  /** Milliseconds since some fixed moment, with a fraction. */
  now(): number;
  /** Calls `run` once, `delayMs` from now or a little later. */
  setTimer(delayMs: number, run: () => void): { readonly cancel: () => void };
}

/** The clock of the machine. */
export const systemClock: ClientClock = {
  now: () => performance.now(),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
