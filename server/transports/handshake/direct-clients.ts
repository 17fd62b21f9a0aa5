/**
 * Whether an address is that of one client, so that limits by address mean what they say where nobody chose them: not a loopback or private one,
 * behind which a proxy or a whole house may be, and none at all once a proxy is seen that the hub was not told of.
 */

import type { IncomingMessage } from 'node:http';
import { type ClientAddress, isInternet } from '../client-address.js';

/** As proxies tell of the client before them. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

export class DirectClients {
  readonly #addresses: ClientAddress;
  readonly #onProxy: (peer: string) => void;
  #sawProxy = false;

  /** @param onProxy told once, of a peer that writes what only proxies write, and is not trusted to. */
  constructor(addresses: ClientAddress, onProxy: (peer: string) => void) {
    this.#addresses = addresses;
    this.#onProxy = onProxy;
  }

  has(request: IncomingMessage): boolean {
    const peer = request.socket.remoteAddress ?? '';
    const isTrusted = this.#addresses.isProxy(peer);
    if (!this.#sawProxy && !isTrusted && FORWARDED.some((name) => request.headers[name] !== undefined)) {
      this.#sawProxy = true;
      this.#onProxy(peer);
    }
    return (isTrusted || !this.#sawProxy) && isInternet(this.#addresses.of(request));
  }
}
