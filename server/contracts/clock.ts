/** Time as the core sees it, replaceable in tests. Monotonic: unaffected by changes of the wall clock. */

/** Returned by {@link Clock.setTimer}; opaque. */
export type Timer = { readonly cancel: () => void };

/** A monotonic clock with timers; all times are in milliseconds. */
export interface Clock {
  /** Milliseconds since a fixed moment, with a fraction. */
  now(): number;
  /** Calls `run` once, after `delayMs` milliseconds or slightly later. */
  setTimer(delayMs: number, run: () => void): Timer;
  /** Calls `run` at the end of the current event-loop turn, after all currently readable sockets were read. */
  immediate(run: () => void): void;
}
