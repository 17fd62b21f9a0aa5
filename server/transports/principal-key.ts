/** Who stands behind a request: whose credit, share and quota it uses. */

import type { Grant } from '../contracts/access.js';
import type { OriginOptions } from '../contracts/hub.js';
import { callerOf } from './client-address.js';

/** Grant names that do not identify anybody: everybody's on an open hub, and that of a JWT without a subject. */
const NAMELESS: ReadonlySet<string> = new Set(['', 'jwt:']);

/** The key of a request's principal: the token's holder; without one, the caller's address as proxies report it. */
export function principalKey({ name }: Pick<Grant, 'name'>, address: string): string {
  return NAMELESS.has(name) ? `address ${callerOf(address)}` : `token ${name}`;
}

/** The same with its quota, and the name under which it is counted, in the form of an origin's options. */
export function principalOf(
  grant: Pick<Grant, 'name' | 'quota'>,
  address: string,
): Pick<OriginOptions, 'principal' | 'key' | 'quota'> & { readonly principal: string } {
  const named = NAMELESS.has(grant.name) ? {} : { key: grant.name };
  return { principal: principalKey(grant, address), ...named, quota: grant.quota };
}
