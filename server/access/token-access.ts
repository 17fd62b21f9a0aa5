/** Access by token: keys of a file, and JWTs. What the file says may change while it is in use. */

import { type WireError, wireError } from '../../shared/errors.js';
import type { Access, Admission, Grant } from '../contracts/access.js';
import type { Clock } from '../contracts/clock.js';
import { GrantExpiry } from './grant-expiry.js';
import type { IssuedGrant } from './issued-grant.js';
import { JwtVerifier } from './jwt-verifier.js';
import { KeyRing } from './key-ring.js';
import type { TokenFile } from './token-file.js';

/** Longer ones are not looked at. Headers of a request have 16 KiB together. */
const MAX_TOKEN_CHARS = 8192;

/** Three parts between dots, as a JWT has them: anything else is not worth a signature check. */
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

  admit(token: unknown): Admission | Promise<Admission> {
    if (token === undefined) return refuse(NONE);
    if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARS)
      return refuse(`the token must be a text of ${MAX_TOKEN_CHARS} characters at most`);
    const grant = this.#keys.find(token);
    if (grant !== undefined) return this.#admitted(grant);
    if (this.#jwt === undefined || !JWT_FORM.test(token)) return refuse('the token is not known to this hub');
    return this.#jwt
      .verify(token)
      .then((outcome) => (outcome.ok ? this.#admitted(outcome.grant) : refuse(outcome.reason)));
  }

  watch(grant: Grant, ended: (error: WireError) => void): () => void {
    const issued = this.#issued.get(grant);
    return issued === undefined ? () => {} : this.#visits.watch(issued, ended);
  }

  /** Takes what a newer file says. Passes of keys that are gone or were changed end; all others stay. */
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

  #admitted(grant: IssuedGrant): Admission {
    this.#issued.set(grant, grant);
    return { ok: true, grant };
  }
}

const NONE = 'this hub asks for a token: send it as auth.token of the handshake or as "Authorization: Bearer"';

function refuse(message: string): Admission {
  return { ok: false, error: wireError('UNAUTHENTICATED', message) };
}
