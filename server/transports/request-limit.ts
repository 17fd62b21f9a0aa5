/** How many requests a second one client may make: a Socket.IO connection, and a session over all of its; of REST, which has none, an address. */

import { type WireError, wireError } from '../../shared/errors.js';
import type { Clock } from '../contracts/clock.js';
import { callerOf } from './client-address.js';
import { RateLimit } from './rate-limit.js';

export class RequestLimit {
  /** False: nothing is counted, and need not be asked. */
  readonly isOn: boolean;
  readonly #perSecond: number;
  readonly #rate: RateLimit | undefined;

  /** @param perSecond 0 for no limit. */
  constructor(perSecond: number, clock: Clock) {
    this.isOn = perSecond > 0;
    this.#perSecond = perSecond;
    this.#rate = this.isOn ? new RateLimit(perSecond, clock) : undefined;
  }

  /** Of a connection, which a client may leave and join again: that renews nothing. `session`: the name that it gave, if it did. */
  ofConnection(id: string, session: string | undefined): WireError | undefined {
    if (this.#rate === undefined) return undefined;
    const ofSession = session === undefined ? undefined : this.#take(this.#rate, `session ${session}`);
    return ofSession ?? this.#take(this.#rate, `connection ${id}`);
  }

  ofAddress(address: string): WireError | undefined {
    return this.#rate === undefined ? undefined : this.#take(this.#rate, callerOf(address));
  }

  #take(rate: RateLimit, caller: string): WireError | undefined {
    const waitMs = rate.take(caller);
    if (waitMs === 0) return undefined;
    const message = `this client makes more than ${this.#perSecond} requests a second; send rows together, or again after retryAfterMs`;
    return wireError('RATE_LIMITED', message, waitMs);
  }
}
