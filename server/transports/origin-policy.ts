/**
 * Which web pages may use the hub, by the `Origin` header. CORS alone does not protect WebSocket: a browser opens one
 * to any host, so the same policy is checked at the upgrade. A request without Origin comes from a program and passes.
 */

import type { IncomingMessage } from 'node:http';
import { isSubDomain, originOf, type SubDomains, subDomainsOf } from './origin.js';

/** What is looked at of a request. */
export type OriginRequest = Pick<IncomingMessage, 'headers' | 'socket'>;

export class OriginPolicy {
  readonly #anyone: boolean;
  readonly #allowed: ReadonlySet<string>;
  readonly #subDomains: readonly SubDomains[];
  readonly #isProxy: (peer: string) => boolean;

  /**
   * @param allowed entries of `--cors-origin`, besides the hub's own: origins such as `https://app.example` or
   * `capacitor://localhost`, sub-domains as `https://*.example.com`, `null` for pages without an origin, `*` for every
   * page.
   * @param isProxy whether a peer is a proxy that the operator trusts to say under which name the hub was asked for.
   */
  constructor(allowed: readonly string[], isProxy: (peer: string) => boolean = () => false) {
    this.#anyone = allowed.includes('*');
    this.#allowed = new Set(allowed.flatMap((entry) => originOf(entry) ?? []));
    this.#subDomains = allowed.flatMap((entry) => subDomainsOf(entry) ?? []);
    this.#isProxy = isProxy;
  }

  /** Every page may use the hub. */
  get isOpen(): boolean {
    return this.#anyone;
  }

  allows(request: OriginRequest): boolean {
    const { origin, host } = request.headers;
    if (origin === undefined || this.#anyone || this.#allowed.has(origin)) return true;
    // The hub's own page as browsers write it: each of its requests comes by here, and need not be parsed.
    if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return true;
    const page = originOf(origin);
    if (page === undefined) return false;
    if (this.#allowed.has(page) || this.#subDomains.some((entry) => isSubDomain(page, entry))) return true;
    return this.#isOwn(page, request);
  }

  /** The hub's own pages. `null` (a sandboxed frame, a local file) is never the hub's own. */
  #isOwn(page: string, { headers, socket }: OriginRequest): boolean {
    const isHub = (host: string | undefined, schemes: readonly string[]): boolean =>
      host !== undefined && host !== '' && schemes.some((scheme) => originOf(`${scheme}://${host}`) === page);
    if (isHub(headers.host, ['http', 'https'])) return true;
    if (!this.#isProxy(socket.remoteAddress ?? '')) return false;
    const proto = firstOf(headers['x-forwarded-proto']);
    return isHub(firstOf(headers['x-forwarded-host']), proto === undefined ? ['http', 'https'] : [proto]);
  }
}

/** Of a header that each proxy may have added to: what the first one said. */
function firstOf(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.[0];
  return text?.split(',', 1)[0]?.trim();
}
