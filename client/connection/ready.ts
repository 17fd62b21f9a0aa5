/** Lets callers wait until the connection is ready, each with a deadline and an optional signal. */

import type { Hello } from '../../shared/protocol.js';
import type { TimerClock } from '../../shared/time/deadline-timer.js';
import { localError, type TickcastError } from '../error.js';

interface Waiter {
  readonly open: (hello: Hello) => void;
  readonly fail: (error: TickcastError) => void;
}

export class ReadyGate {
  readonly #clock: TimerClock;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  /** Resolves at the next {@link open}. `obstacle` explains on timeout why it was not ready. */
  wait(timeoutMs: number, signal: AbortSignal | undefined, obstacle: () => string | undefined): Promise<Hello> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiters.delete(waiter);
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: TickcastError): void => {
        end();
        reject(error);
      };
      const onAbort = (): void => fail(localError('CANCELLED', 'ready() was aborted by its signal', signal?.reason));
      const waiter: Waiter = {
        open: (hello) => {
          end();
          resolve(hello);
        },
        fail,
      };
      const timer = this.#clock.setTimer(timeoutMs, () => {
        fail(localError('DEADLINE_EXCEEDED', `not ready within ${timeoutMs} ms: ${obstacle() ?? 'no hello yet'}`));
      });
      this.#waiters.add(waiter);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  open(hello: Hello): void {
    for (const waiter of [...this.#waiters]) waiter.open(hello);
  }

  fail(error: TickcastError): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }
}
