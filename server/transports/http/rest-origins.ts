/**
 * Where REST requests come from: one origin for each principal and address, over as many TCP connections as they take, so that a caller that
 * opens one for each request has one credit and one share too.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Hub } from '../../core/hub.js';
import type { Origin } from '../../core/requests/request.js';
import { callerOf } from '../client-address.js';

/** Most origins kept that have nothing in flight; those that have are bounded by what the hub accepts. */
const MAX_IDLE = 1024;
/** Origins looked at, at most, to make room for one more. */
const LOOKS = 8;

export class RestOrigins {
  readonly #hub: Hub;
  /** By principal and address, used longest ago first. */
  readonly #origins = new Map<string, Origin>();
  readonly #connections = new WeakMap<object, number>();
  #lastConnection = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** How many are kept. */
  get size(): number {
    return this.#origins.size;
  }

  /** The origin of a caller; the same one while it asks, and for a while after. */
  of(principal: string, address: string): Origin {
    const name = `${principal}\n${callerOf(address)}`;
    const known = this.#origins.get(name);
    if (known !== undefined) {
      this.#origins.delete(name);
      this.#origins.set(name, known);
      return known;
    }
    if (this.#origins.size >= MAX_IDLE) this.#makeRoom();
    // Viewers of a stream learn no address.
    const alias = randomBytes(9).toString('base64url');
    const origin = this.#hub.openOrigin(`http ${address}`, { via: 'rest', alias, principal });
    this.#origins.set(name, origin);
    return origin;
  }

  /** A request's key, made that of its connection: callers who share an address do not take each other's places. */
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
