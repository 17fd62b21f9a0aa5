/**
 * Which web pages may use the hub, by the `Origin` header. CORS alone does not protect WebSocket: a browser opens one
 * to any host, so the same policy is checked at the upgrade. A request without Origin comes from a program and passes.
 */

import type { IncomingHttpHeaders } from 'node:http';

export class OriginPolicy {
  readonly #anyone: boolean;
  readonly #allowed: ReadonlySet<string>;

  /** @param allowed origins such as `https://app.example`, besides the hub's own; `*` allows every page. */
  constructor(allowed: readonly string[]) {
    this.#anyone = allowed.includes('*');
    this.#allowed = new Set(allowed);
  }

  /** Every page may use the hub. */
  get isOpen(): boolean {
    return this.#anyone;
  }

  allows(headers: IncomingHttpHeaders): boolean {
    const { origin, host } = headers;
    if (origin === undefined || this.#anyone || this.#allowed.has(origin)) return true;
    // The hub's own pages. `null` (a sandboxed frame, a local file) is never the hub's own.
    return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
  }
}

/** True for a valid entry of `--cors-origin`: `*`, or scheme, host and optional port, without a path. */
export function isOrigin(text: string): boolean {
  if (text === '*') return true;
  return URL.canParse(text) && new URL(text).origin === text;
}
