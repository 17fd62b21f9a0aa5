/** Keys, tokens and JWTs for tests, valid and invalid. Times are seconds since 1970. */

import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';

export const WEB = 'web-'.padEnd(40, 'w');
export const FEED = 'feed-'.padEnd(40, 'f');
export const VIEWER = 'viewer-'.padEnd(40, 'v');
export const OPERATOR = 'operator-'.padEnd(40, 'o');

export const KEYS = [
  { name: 'web', token: WEB, scopes: ['predict', 'subscribe'] },
  { name: 'feed', token: FEED, scopes: ['predict', 'publish'] },
  { name: 'viewer', token: VIEWER, scopes: ['subscribe'] },
  { name: 'operator', token: OPERATOR, scopes: ['admin'] },
] as const;

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'tickcast';

const issuerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PUBLIC_PEM = issuerKeys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const JWT = { algorithm: 'RS256', publicKey: PUBLIC_PEM, issuer: ISSUER, audience: AUDIENCE } as const;

export interface JwtPlan {
  readonly exp?: number | undefined;
  readonly nbf?: number;
  readonly iss?: string;
  readonly aud?: string | readonly string[];
  readonly scope?: unknown;
  readonly alg?: string;
  readonly kid?: string;
  readonly key?: KeyObject | Uint8Array;
}

/** A JWT as the issuer makes it, except as planned. `exp: undefined` omits it. */
export async function makeJwt(now: number, plan: JwtPlan = {}): Promise<string> {
  const { nbf, iss = ISSUER, aud = AUDIENCE, scope = 'predict subscribe', alg = 'RS256', kid, key } = plan;
  const exp = 'exp' in plan ? plan.exp : now + 60;
  const claims = {
    sub: 'user-7',
    iss,
    aud,
    scope,
    ...(exp !== undefined && { exp }),
    ...(nbf !== undefined && { nbf }),
  };
  return new SignJWT(claims as Record<string, unknown>)
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .sign(key ?? issuerKeys.privateKey);
}

export interface TokenCase {
  readonly title: string;
  readonly token: string | undefined;
  readonly message: RegExp;
}

/** Tokens that must be refused. */
export async function refusedTokens(now: number): Promise<readonly TokenCase[]> {
  const good = await makeJwt(now);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const edited = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), scope: 'admin' }),
  ).toString('base64url');
  const none = new UnsecuredJWT({ scope: 'predict subscribe' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime(now + 60)
    .encode();
  const known = /not known/;
  const spki = new TextEncoder().encode(PUBLIC_PEM);
  const der = new Uint8Array(createPublicKey(PUBLIC_PEM).export({ type: 'spki', format: 'der' }));
  const small = new TextEncoder().encode('s'.repeat(32));
  return [
    { title: 'none', token: undefined, message: /asks for a token/ },
    { title: 'empty', token: '', message: known },
    { title: 'wrong', token: 'x'.repeat(40), message: known },
    { title: 'a key less its last character', token: WEB.slice(0, -1), message: known },
    { title: 'a key and one character more', token: `${WEB}w`, message: known },
    { title: 'a key in capitals', token: WEB.toUpperCase(), message: known },
    { title: 'a key’s name', token: 'web', message: known },
    { title: 'alg none', token: none, message: known },
    { title: 'alg none, with a good signature', token: `${none}${signature}`, message: known },
    { title: 'expired', token: await makeJwt(now, { exp: now - 1 }), message: /expired/ },
    { title: 'long expired', token: await makeJwt(now, { exp: 1 }), message: /expired/ },
    { title: 'without expiry', token: await makeJwt(now, { exp: undefined }), message: /no time of expiry/ },
    { title: 'not yet valid', token: await makeJwt(now, { nbf: now + 30 }), message: /not valid yet/ },
    { title: 'of another audience', token: await makeJwt(now, { aud: 'else' }), message: /another audience/ },
    { title: 'of other audiences', token: await makeJwt(now, { aud: ['a', 'b'] }), message: /another audience/ },
    {
      title: 'of another issuer',
      token: await makeJwt(now, { iss: 'https://evil.example' }),
      message: /another issuer/,
    },
    {
      title: 'of an issuer with a suffix',
      token: await makeJwt(now, { iss: `${ISSUER}.evil.example` }),
      message: /another issuer/,
    },
    { title: 'signed by another key', token: await makeJwt(now, { key: otherKeys.privateKey }), message: known },
    {
      title: 'HS256 with the public key (PEM)',
      token: await makeJwt(now, { alg: 'HS256', key: spki }),
      message: known,
    },
    { title: 'HS256 with the public key (DER)', token: await makeJwt(now, { alg: 'HS256', key: der }), message: known },
    { title: 'HS256 with any secret', token: await makeJwt(now, { alg: 'HS256', key: small }), message: known },
    { title: 'another algorithm of the same key', token: await makeJwt(now, { alg: 'PS256' }), message: known },
    { title: 'with claims that were edited', token: `${header}.${edited}.${signature}`, message: known },
    { title: 'without its signature', token: `${header}.${payload}.`, message: known },
    { title: 'garbage in the form of a JWT', token: 'a.b.c', message: known },
  ];
}

export const LONG: TokenCase = { title: '100 kB', token: 'x'.repeat(100_000), message: /8192 characters at most/ };
