/**
 * Origins of REST requests: one per principal and address, over any number of TCP connections, so that a caller that
 * opens one per request has a single credit and share.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Hub } from '../../core/hub.js';
import type { Origin } from '../../core/requests/request.js';
import { callerOf } from '../client-address.js';
import type { principalOf } from '../principal-key.js';

/** Maximum idle origins kept; active ones are bounded by what the hub accepts. */
const MAX_IDLE = 1024;
/** Maximum origins examined to make room for one more. */
const LOOKS = 8;

export class RestOrigins {
  readonly #hub: Hub;
  /** By principal and address, least recently used first. */
  readonly #origins = new Map<string, Origin>();
  readonly #connections = new WeakMap<object, number>();
  #lastConnection = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Number of origins kept. */
  get size(): number {
    return this.#origins.size;
  }

  /** The origin of a caller; stays the same while it is active, and for a while after. */
  of(caller: ReturnType<typeof principalOf>, address: string): Origin {
    const name = `${caller.principal}\n${callerOf(address)}`;
    const known = this.#origins.get(name);
    if (known !== undefined) {
      this.#hub.limit(known, caller.quota);
      this.#origins.delete(name);
      this.#origins.set(name, known);
      return known;
    }
    if (this.#origins.size >= MAX_IDLE) this.#makeRoom();
    // Viewers of a stream must not learn addresses.
    const alias = randomBytes(9).toString('base64url');
    const origin = this.#hub.openOrigin(`http ${address}`, { via: 'rest', alias, ...caller });
    this.#origins.set(name, origin);
    return origin;
  }

  /** Scopes a request's key to its connection: callers behind one address do not supersede each other. */
  keyOf({ socket }: IncomingMessage, key: string): string {
    let connection = this.#connections.get(socket);
    if (connection === undefined) {
      connection = ++this.#lastConnection;
      this.#connections.set(socket, connection);
    }
    return `${connection} ${key}`;
  }

  #makeRoom(): void {
    let looks = LOOKS;
    for (const [name, origin] of this.#origins) {
      this.#origins.delete(name);
      if (origin.requests.size === 0) {
        this.#hub.closeOrigin(origin);
        if (this.#origins.size < MAX_IDLE) return;
      } else this.#origins.set(name, origin);
      if (--looks === 0) return;
    }
  }
}
