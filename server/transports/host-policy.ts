/**
 * By which names a hub may be called. A name of somebody else's may be made to lead to 127.0.0.1 (DNS rebinding), and a page under it is then,
 * for the browser, the hub's own: on a hub that only its user reaches and that asks for no token, the name is all that tells it apart.
 */

import { isIP } from 'node:net';

export class HostPolicy {
  readonly #checks: boolean;
  readonly #allowed: ReadonlySet<string>;

  /**
   * @param allowed entries of `--allowed-hosts`; `*` for any name.
   * @param isOpenLoopback the hub asks for no token, and only this machine reaches it. Elsewhere names are checked only where some are given.
   */
  constructor(allowed: readonly string[], isOpenLoopback: boolean) {
    this.#checks = !allowed.includes('*') && (isOpenLoopback || allowed.length > 0);
    this.#allowed = new Set(allowed.map((host) => host.toLowerCase()));
  }

  /** Without a Host, as HTTP/1.0 may be, it is no browser. */
  allows(host: string | undefined): boolean {
    if (!this.#checks || host === undefined) return true;
    const name = nameOf(host);
    return name !== undefined && (isIP(name) !== 0 || isLocal(name) || this.#allowed.has(name));
  }
}

/** True for an entry of `--allowed-hosts`: `*`, or a name or an address without scheme, port and path. */
export function isHost(text: string): boolean {
  return text === '*' || (/^[^\s:/@?#[\]]{1,253}$/.test(text) && nameOf(text) !== undefined) || isIP(text) !== 0;
}

/** Without port, brackets and the root's dot, in lower case; undefined when it is no host. */
function nameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?)\.?)(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/** RFC 6761: these never lead elsewhere. */
function isLocal(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}
