/**
 * Limits requests per second and client: for Socket.IO, a connection and a session over all of its connections; for
 * REST, which has neither, an address.
 */

import { type WireError, wireError } from '../../shared/errors.js';
import type { Clock } from '../contracts/clock.js';
import { callerOf } from './client-address.js';
import { RateLimit } from './rate-limit.js';

export class RequestLimit {
  /** False: nothing is counted, and no check is needed. */
  readonly isOn: boolean;
  readonly #perSecond: number;
  readonly #rate: RateLimit | undefined;

  /** @param perSecond 0 for no limit. */
  constructor(perSecond: number, clock: Clock) {
    this.isOn = perSecond > 0;
    this.#perSecond = perSecond;
    this.#rate = this.isOn ? new RateLimit(perSecond, clock) : undefined;
  }

  /**
   * Counts a request of a connection. Leaving and rejoining does not renew its allowance. `session`: the name that it
   * gave, if any.
   */
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
