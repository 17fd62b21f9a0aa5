/** Whose share a request is of: the text that stands for a principal to the hub. */

import type { Grant } from '../contracts/access.js';
import { callerOf } from './client-address.js';

/** Passes of these names tell nobody from anybody: everybody's on an open hub, and that of a JWT without a subject. */
const NAMELESS: ReadonlySet<string> = new Set(['', 'jwt:']);

/** The token's holder; without one the caller by its address, as trusted proxies tell it. */
export function principalKey({ name }: Pick<Grant, 'name'>, address: string): string {
  return NAMELESS.has(name) ? `address ${callerOf(address)}` : `token ${name}`;
}
