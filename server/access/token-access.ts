/** Access by token: the keys of a file, and JWTs. The file's content may change at run time. */

import { type WireError, wireError } from '../../shared/errors.js';
import type { Access, AccessDecision, Grant } from '../contracts/access.js';
import type { Clock } from '../contracts/clock.js';
import { GrantExpiry } from './grant-expiry.js';
import type { IssuedGrant } from './issued-grant.js';
import { JwtVerifier } from './jwt-verifier.js';
import { KeyRing } from './key-ring.js';
import type { TokenFile } from './token-file.js';

/** Longer tokens are rejected unread. The headers of a request share 16 KiB. */
const MAX_TOKEN_CHARS = 8192;

/** Three parts separated by dots, as in a JWT: anything else is not worth verifying. */
const JWT_FORM = /^[\w-]+\.[\w-]+\.[\w-]*$/;

export class TokenAccess implements Access {
  readonly #wallNow: () => number;
  readonly #visits: GrantExpiry;
  readonly #issued = new WeakMap<Grant, IssuedGrant>();
  #keys: KeyRing;
  #jwt: JwtVerifier | undefined;

  constructor({ keys, jwt }: TokenFile, clock: Clock, wallNow: () => number) {
    this.#wallNow = wallNow;
    this.#visits = new GrantExpiry(clock, wallNow);
    this.#keys = KeyRing.of(keys);
    this.#jwt = jwt && new JwtVerifier(jwt, wallNow);
  }

  decide(token: unknown): AccessDecision | Promise<AccessDecision> {
    if (token === undefined) return refuse(NONE);
    if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARS)
      return refuse(`the token must be a text of ${MAX_TOKEN_CHARS} characters at most`);
    const grant = this.#keys.find(token);
    if (grant !== undefined) return this.#accepted(grant);
    if (this.#jwt === undefined || !JWT_FORM.test(token)) return refuse('the token is not known to this hub');
    return this.#jwt
      .verify(token)
      .then((outcome) => (outcome.ok ? this.#accepted(outcome.grant) : refuse(outcome.reason)));
  }

  watch(grant: Grant, ended: (error: WireError) => void): () => void {
    const issued = this.#issued.get(grant);
    return issued === undefined ? () => {} : this.#visits.watch(issued, ended);
  }

  /** Applies a newer file. Grants of keys that were removed or changed end; all others stay. */
  replace({ keys, jwt }: TokenFile): void {
    const before = this.#keys;
    this.#keys = before.renewed(keys);
    for (const issuer of before.issuersWithout(this.#keys)) this.#visits.withdraw(issuer);
    const verifier = this.#jwt;
    if (verifier?.matches(jwt)) return;
    this.#jwt = jwt && new JwtVerifier(jwt, this.#wallNow);
    if (verifier !== undefined) this.#visits.withdraw(verifier);
  }

  close(): void {
    this.#visits.close();
  }

  #accepted(grant: IssuedGrant): AccessDecision {
    this.#issued.set(grant, grant);
    return { ok: true, grant };
  }
}

const NONE =
  'this hub asks for a token: send it as token of connect(), as auth.token of a plain Socket.IO handshake, or as "Authorization: Bearer"';

function refuse(message: string): AccessDecision {
  return { ok: false, error: wireError('UNAUTHENTICATED', message) };
}
