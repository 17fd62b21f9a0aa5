/** Time as the core sees it, so that a test can move it. Monotonic: a jump of the wall clock changes nothing. */

/** Returned by {@link Clock.setTimer}; opaque. */
export type Timer = { readonly cancel: () => void };

export interface Clock {
  /** Milliseconds since some fixed moment, with a fraction. */
  now(): number;
  /** Calls `run` once, `delayMs` from now or a little later. */
  setTimer(delayMs: number, run: () => void): Timer;
  /** Calls `run` at the end of the current event-loop turn, after the sockets that are readable now were read. */
  immediate(run: () => void): void;
}
