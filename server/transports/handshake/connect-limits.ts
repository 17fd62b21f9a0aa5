/** How many Socket.IO connections one address may have, and make in a second; by default only where it is sure to be a client's. */

import { type WireError, wireError } from '../../../shared/errors.js';
import type { Clock } from '../../contracts/clock.js';
import { callerOf } from '../client-address.js';
import { RateLimit } from '../rate-limit.js';

/** 0 for no limit; `auto`: a limit for addresses of the internet, unless a proxy stands before the hub that it was not told of. */
export type AddressLimit = number | 'auto';

export interface ConnectLimitOptions {
  /** Most connections open of one address. @default auto: 1000 */
  readonly maxConnectionsPerAddress: AddressLimit;
  /** Most new connections of one address in a second. @default auto: 100 */
  readonly connectsPerSecond: AddressLimit;
}

/** More than an office behind one address has, pages reopened included. */
const AUTO_CONNECTIONS = 1_000;
const AUTO_CONNECTS_PER_SECOND = 100;
/** Nobody knows when a connection of that address will end. */
const RETRY_AFTER_MS = 5_000;

export class ConnectLimits {
  readonly #most: AddressLimit;
  readonly #perSecond: AddressLimit;
  readonly #rate: RateLimit | undefined;
  readonly #open = new Map<string, number>();

  constructor({ maxConnectionsPerAddress, connectsPerSecond }: ConnectLimitOptions, clock: Clock) {
    this.#most = maxConnectionsPerAddress;
    this.#perSecond = connectsPerSecond;
    const perSecond = connectsPerSecond === 'auto' ? AUTO_CONNECTS_PER_SECOND : connectsPerSecond;
    this.#rate = perSecond > 0 ? new RateLimit(perSecond, clock) : undefined;
  }

  /** Undefined to let one more in, else why not. `isClients`: the address is sure to be one client's. */
  admit(address: string, isClients: boolean): WireError | undefined {
    const caller = callerOf(address);
    const most = this.#most === 'auto' ? (isClients ? AUTO_CONNECTIONS : 0) : this.#most;
    if (most > 0 && (this.#open.get(caller) ?? 0) >= most) {
      const message = `this address has ${most} connections and may have no more; close some`;
      return wireError('RATE_LIMITED', message, RETRY_AFTER_MS);
    }
    if (this.#rate === undefined || (this.#perSecond === 'auto' && !isClients)) return undefined;
    const waitMs = this.#rate.take(caller);
    if (waitMs === 0) return undefined;
    const perSecond = this.#perSecond === 'auto' ? AUTO_CONNECTS_PER_SECOND : this.#perSecond;
    const message = `this address makes more than ${perSecond} connections a second; connect again after retryAfterMs`;
    return wireError('RATE_LIMITED', message, waitMs);
  }

  /** Counts a connection that was made. Answers what to call, once, when it ends. */
  opened(address: string): () => void {
    const caller = callerOf(address);
    this.#open.set(caller, (this.#open.get(caller) ?? 0) + 1);
    return () => {
      const left = (this.#open.get(caller) ?? 0) - 1;
      if (left > 0) this.#open.set(caller, left);
      else this.#open.delete(caller);
    };
  }
}
