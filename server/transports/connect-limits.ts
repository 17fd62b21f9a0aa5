/** How many Socket.IO connections one address may have, and make in a second. */

import { type WireError, wireError } from '../../shared/errors.js';
import type { Clock } from '../core/clock.js';
import { callerOf } from './client-address.js';
import { RateLimit } from './rate-limit.js';

export interface ConnectLimitOptions {
  /** Most connections open of one address; 0 for no limit. */
  readonly maxConnectionsPerAddress: number;
  /** Most new connections of one address in a second; 0 for no limit. */
  readonly connectsPerSecond: number;
}

/** Nobody knows when a connection of that address will end. */
const RETRY_AFTER_MS = 5_000;

export class ConnectLimits {
  readonly #options: ConnectLimitOptions;
  readonly #rate: RateLimit | undefined;
  readonly #open = new Map<string, number>();

  constructor(options: ConnectLimitOptions, clock: Clock) {
    this.#options = options;
    this.#rate = options.connectsPerSecond > 0 ? new RateLimit(options.connectsPerSecond, clock) : undefined;
  }

  /** Undefined to let one more in, else why not. */
  admit(address: string): WireError | undefined {
    const { maxConnectionsPerAddress: most, connectsPerSecond } = this.#options;
    const caller = callerOf(address);
    if (most > 0 && (this.#open.get(caller) ?? 0) >= most) {
      const message = `this address has ${most} connections and may have no more; close some`;
      return wireError('RATE_LIMITED', message, RETRY_AFTER_MS);
    }
    const waitMs = this.#rate?.take(caller) ?? 0;
    if (waitMs === 0) return undefined;
    const message = `this address makes more than ${connectsPerSecond} connections a second; connect again after retryAfterMs`;
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
