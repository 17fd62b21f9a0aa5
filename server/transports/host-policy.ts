/**
 * The host names under which a hub may be called. Somebody else's name may resolve to 127.0.0.1 (DNS rebinding), which
 * makes a page under it same-origin for the browser: on a hub reachable only by its user and without tokens, only the
 * name tells them apart.
 */

import { isIP } from 'node:net';

export class HostPolicy {
  readonly #checks: boolean;
  readonly #allowed: ReadonlySet<string>;

  /**
   * @param allowed entries of `--allowed-hosts`; `*` for any name.
   * @param isOpenLoopback the hub requires no token and only this machine reaches it. Otherwise names are checked only
   * if some are given.
   */
  constructor(allowed: readonly string[], isOpenLoopback: boolean) {
    this.#checks = !allowed.includes('*') && (isOpenLoopback || allowed.length > 0);
    this.#allowed = new Set(allowed.map((host) => host.toLowerCase()));
  }

  /** A request without Host, possible in HTTP/1.0, is not from a browser. */
  allows(host: string | undefined): boolean {
    if (!this.#checks || host === undefined) return true;
    const name = nameOf(host);
    return name !== undefined && (isIP(name) !== 0 || isLocal(name) || this.#allowed.has(name));
  }
}

/** True for a valid entry of `--allowed-hosts`: `*`, or a name or address without scheme, port and path. */
export function isHost(text: string): boolean {
  return text === '*' || (/^[^\s:/@?#[\]]{1,253}$/.test(text) && nameOf(text) !== undefined) || isIP(text) !== 0;
}

/** Lower-case, without port, brackets and the root's dot; undefined when invalid. */
function nameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?)\.?)(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/** RFC 6761: these names always resolve to this machine. */
function isLocal(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}
