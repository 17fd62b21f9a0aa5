/**
 * Limits the Socket.IO connections of one address, open and per second; by default only when the address is certainly
 * one client's.
 */

import { type WireError, wireError } from '../../../shared/errors.js';
import type { Clock } from '../../contracts/clock.js';
import { callerOf } from '../client-address.js';
import { RateLimit } from '../rate-limit.js';

/**
 * 0 for no limit; `auto`: a limit for public addresses, unless there is a proxy in front that the hub was not told of.
 */
export type AddressLimit = number | 'auto';

export interface ConnectLimitOptions {
  /** Maximum open connections per address. @default auto: 1000 */
  readonly maxConnectionsPerAddress: AddressLimit;
  /** Maximum new connections per address and second. @default auto: 100 */
  readonly connectsPerSecond: AddressLimit;
}

/** More than an office behind one address needs, reopened pages included. */
const AUTO_CONNECTIONS = 1_000;
const AUTO_CONNECTS_PER_SECOND = 100;
/** Fixed, since nobody knows when a connection of that address will end; in milliseconds. */
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

  /** Undefined to accept one more, else why not. `isClients`: the address is certainly one client's. */
  overLimit(address: string, isClients: boolean): WireError | undefined {
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

  /** Counts an opened connection. Returns a function to call once, when it ends. */
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
