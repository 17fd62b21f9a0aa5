/** Verifies JSON Web Tokens: signature with the pinned algorithm, issuer, audience and times. */

import { createHash } from 'node:crypto';
import { errors, jwtVerify, type KeyObject, type LocalJWKSet } from 'jose';
import type { Quota } from '../contracts/access.js';
import type { IssuedGrant } from './issued-grant.js';
import { type JwtSettings, verificationKey } from './jwt-settings.js';
import { quotaOf } from './quota.js';
import { grantOf } from './scopes.js';

/** Accepts a token issued just now by a clock that is ahead. Does not extend an expiry. */
const NOT_BEFORE_TOLERANCE_SECONDS = 5;
const MAX_NAME_CHARS = 64;

export type JwtOutcome =
  | { readonly ok: true; readonly grant: IssuedGrant }
  | { readonly ok: false; readonly reason: string };

export class JwtVerifier {
  readonly #settings: JwtSettings;
  readonly #key: KeyObject | LocalJWKSet;
  readonly #quota: Quota | undefined;
  readonly #wallNow: () => number;

  constructor(settings: JwtSettings, wallNow: () => number) {
    this.#settings = settings;
    this.#key = verificationKey(settings);
    this.#quota = quotaOf(settings);
    this.#wallNow = wallNow;
  }

  /** Whether it verifies by exactly these settings. */
  matches(settings: JwtSettings | undefined): boolean {
    return JSON.stringify(this.#settings) === JSON.stringify(settings);
  }

  async verify(token: string): Promise<JwtOutcome> {
    const { algorithm, issuer, audience, scopesClaim } = this.#settings;
    const now = this.#wallNow();
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [algorithm],
        issuer,
        audience,
        requiredClaims: ['exp'],
        clockTolerance: NOT_BEFORE_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      });
      const endsAt = (payload.exp ?? 0) * 1000;
      if (endsAt <= now) return { ok: false, reason: EXPIRED };
      const grant = {
        name: nameOf(payload.sub),
        ...grantOf(scopesOf(payload[scopesClaim])),
        quota: this.#quota,
        issuer: this,
        endsAt,
      };
      return { ok: true, grant };
    } catch (cause) {
      return { ok: false, reason: reasonOf(cause) };
    }
  }
}

const EXPIRED = 'the token has expired; get a new one';
const CLAIMS: Readonly<Record<string, string>> = {
  nbf: 'the token is not valid yet; check the clocks',
  aud: 'the token is for another audience',
  iss: 'the token is from another issuer',
  exp: 'the token has no time of expiry',
};

/** jose checks the signature first, so its message about claims only reaches somebody the issuer knows. */
function reasonOf(cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return EXPIRED;
  if (cause instanceof errors.JWTClaimValidationFailed)
    return CLAIMS[cause.claim] ?? 'a claim of the token is not accepted';
  return 'the token is not known to this hub';
}

/** Stands in log lines, and tells callers apart: what has to be changed of a subject must not make two of them one. */
function nameOf(subject: unknown): string {
  const given = typeof subject === 'string' ? subject : '';
  const text = given.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_NAME_CHARS);
  if (text === given) return `jwt:${text}`;
  return `jwt:${text}#${createHash('sha256').update(given).digest('base64url').slice(0, 12)}`;
}

function scopesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((one) => typeof one === 'string') : [];
}
