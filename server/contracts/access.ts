/** Who may do what: as transports ask it, and as `server/access/` answers it. Knows no token, no file and no algorithm. */

import type { WireError } from '../../shared/errors.js';

export const SCOPES = ['predict', 'publish', 'subscribe', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Plain properties, read for every event. */
export type Rights = Readonly<Record<Scope, boolean>>;

/** What a token that was accepted stands for. */
export interface Grant {
  /** Of the key, or of a JWT's subject; for log lines. */
  readonly name: string;
  readonly rights: Rights;
}

export type Admission =
  | { readonly ok: true; readonly grant: Grant }
  | { readonly ok: false; readonly error: WireError };

export interface Access {
  /** Looks at the token of a caller, or at its having none. Never throws. */
  admit(token: unknown): Admission | Promise<Admission>;
  /**
   * Calls `ended` once, when the grant ends: it expires, or its key is withdrawn; at once, if that has been. The function returned makes it
   * forget.
   */
  watch(grant: Grant, ended: (error: WireError) => void): () => void;
}

export function rightsOf(scopes: readonly string[]): Rights {
  const has = (scope: Scope): boolean => scopes.includes(scope);
  return { predict: has('predict'), publish: has('publish'), subscribe: has('subscribe'), admin: has('admin') };
}
