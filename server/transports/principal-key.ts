/** The key of a request's principal. */

import type { Grant } from '../contracts/access.js';
import { callerOf } from './client-address.js';

/** Grant names that do not identify anybody: everybody's on an open hub, and that of a JWT without a subject. */
const NAMELESS: ReadonlySet<string> = new Set(['', 'jwt:']);

/** The token's holder; without one, the caller's address as reported by trusted proxies. */
export function principalKey({ name }: Pick<Grant, 'name'>, address: string): string {
  return NAMELESS.has(name) ? `address ${callerOf(address)}` : `token ${name}`;
}
