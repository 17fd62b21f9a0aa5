/** Access control as transports use it; implemented in `server/access/`. Knows no tokens, files or algorithms. */

import type { WireError } from '../../shared/errors.js';

/** The rights that a token can grant; docs/access.md lists what each one allows. */
export const SCOPES = ['predict', 'publish', 'subscribe', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Plain properties, because they are read for every event. */
export type Rights = Readonly<Record<Scope, boolean>>;

/** Whether a name is within a grant. */
export type Allows = (name: string) => boolean;

/** The names that a grant is limited to, by scope; a scope without an entry reaches all. */
export interface Reach {
  /** Of models, without a version. */
  readonly predict?: Allows;
  /** Of streams. */
  readonly publish?: Allows;
  readonly subscribe?: Allows;
}

/** How much the holder of a token may ask. */
export interface Quota {
  /** Rows accepted a second, of all models; also the burst after a pause. @default no limit */
  readonly rowsPerSecond?: number | undefined;
  /** Rows accepted from one midnight (UTC) to the next. @default no limit */
  readonly rowsPerDay?: number | undefined;
  /** Its turns in every queue against those of others, from 1 to 100. @default 1 */
  readonly weight?: number | undefined;
}

/** What an accepted token grants. */
export interface Grant {
  /** Name of the key, or the JWT's subject; for log lines. */
  readonly name: string;
  readonly rights: Rights;
  /** @default everything that the rights name */
  readonly reach?: Reach;
  /** @default no limits of its own */
  readonly quota?: Quota | undefined;
}

/** The result of checking a token: its grant, or UNAUTHENTICATED. */
export type AccessDecision =
  | { readonly ok: true; readonly grant: Grant }
  | { readonly ok: false; readonly error: WireError };

/** Checks tokens and watches the grants in use. */
export interface Access {
  /** Checks a caller's token; `undefined` when it has none. Never throws; a refusal is UNAUTHENTICATED. */
  decide(token: unknown): AccessDecision | Promise<AccessDecision>;
  /**
   * Calls `ended` once when the grant ends, because it expires or its key is withdrawn; immediately if it already has.
   * Returns a function that stops watching.
   */
  watch(grant: Grant, ended: (error: WireError) => void): () => void;
}

/** The rights of these scopes; unknown scopes are ignored. */
export function rightsOf(scopes: readonly string[]): Rights {
  const has = (scope: Scope): boolean => scopes.includes(scope);
  return { predict: has('predict'), publish: has('publish'), subscribe: has('subscribe'), admin: has('admin') };
}
