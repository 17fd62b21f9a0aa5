/**
 * Whether an address belongs to a single client, so that default limits by address are meaningful: not a loopback or
 * private one, behind which there may be a proxy or a whole house, and none at all once an undeclared proxy has been
 * seen.
 */

import type { IncomingMessage } from 'node:http';
import { type ClientAddress, isInternet } from '../client-address.js';

/** Headers in which proxies report their client. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

export class DirectClients {
  readonly #addresses: ClientAddress;
  readonly #onProxy: (peer: string) => void;
  #sawProxy = false;

  /** @param onProxy called once, for an untrusted peer that sends headers only proxies send. */
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
