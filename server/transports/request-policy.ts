/**
 * Which requests are accepted at all, whatever they ask: checks the host name and the page behind them. Applies to
 * every HTTP request and upgrade, REST and Socket.IO alike, because a foreign page can send all kinds of them to a hub
 * that only its user reaches.
 */

import type { IncomingMessage } from 'node:http';
import { type WireError, wireError } from '../../shared/errors.js';
import { terminalText } from '../../shared/terminal-text.js';
import type { HostPolicy } from './host-policy.js';
import type { OriginPolicy } from './origin-policy.js';

/** Requested by supervisors under any host name. */
const PROBES = new Set(['/healthz', '/readyz']);
/** Sites of requests without a page of another origin behind them (W3C Fetch Metadata). */
const OWN_SITES = new Set(['same-origin', 'none']);

export class RequestPolicy {
  readonly origins: OriginPolicy;
  readonly #hosts: HostPolicy;

  constructor(origins: OriginPolicy, hosts: HostPolicy) {
    this.origins = origins;
    this.#hosts = hosts;
  }

  /**
   * Why the request is refused. `isPage`: it asks for the hub's page or one of its files, which hold no data and may be
   * linked to. `isPublic`: for what pages of every origin may load.
   */
  refuse(request: IncomingMessage, { isPage = false, isPublic = false } = {}): WireError | undefined {
    const { headers, rawHeaders, url = '' } = request;
    if (hasTwoHosts(rawHeaders)) return wireError('INVALID_INPUT', 'the request has two Host headers; send one');
    if (!this.#hosts.allows(headers.host) && !PROBES.has(url.split('?', 1)[0] ?? '')) {
      const message = `this hub is not known by the name ${printable(headers.host)}; ask for it as localhost or by its address, or start it with --allowed-hosts`;
      return wireError('FORBIDDEN', message);
    }
    if (isPublic) return undefined;
    const { origin } = headers;
    if (!this.origins.allows(request)) {
      return wireError(
        'FORBIDDEN',
        `the page ${printable(origin)} may not use this hub; start it with --cors-origin ${printable(origin)}`,
      );
    }
    const site = headers['sec-fetch-site'];
    if (origin !== undefined || isPage || site === undefined || this.origins.isOpen) return undefined;
    if (typeof site === 'string' && OWN_SITES.has(site)) return undefined;
    return wireError('FORBIDDEN', 'a page of another origin may not use this hub like this; see --cors-origin');
  }
}

/** Node keeps the first and drops the others: a proxy may have used another. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** A header value for a message to people: short, and safe in a terminal. */
function printable(header: string | undefined): string {
  return terminalText((header ?? '').slice(0, 100));
}
