/** JWT settings of a token file: one pinned algorithm, its key, issuer and audience. */

import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import { z } from 'zod';
import { quotaFields } from './quota.js';

const SECRET_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const;
const PUBLIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const ALGORITHMS = [...(Object.keys(SECRET_BYTES) as (keyof typeof SECRET_BYTES)[]), ...PUBLIC] as const;
const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };
const MIN_RSA_BITS = 2048;

const name = z.string('expected a text').min(1, 'expected a text').max(500);

export const jwtSchema = z.strictObject(
  {
    /** The only algorithm accepted, whatever a token's header says. */
    algorithm: z.enum(ALGORITHMS, `expected one of ${ALGORITHMS.join(', ')}`),
    /** For HS256 and the like. */
    secret: z.string('expected a text').optional(),
    /** For all other algorithms: PEM, beginning with "-----BEGIN PUBLIC KEY-----". */
    publicKey: z.string('expected a PEM text').optional(),
    /** Alternatively a JSON Web Key Set, for several keys and for rotation; a token's `kid` selects one. */
    jwks: z
      .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1) }, 'expected { "keys": [...] }')
      .optional(),
    issuer: name,
    audience: name,
    /** The claim that holds the scopes: space-separated text, or a list. */
    scopesClaim: name.default('scope'),
    /** Of each subject. */
    ...quotaFields,
  },
  'expected an object: { "algorithm", "secret" or "publicKey" or "jwks", "issuer", "audience" }',
);

export type JwtSettings = z.infer<typeof jwtSchema>;

/** What is wrong with the combination of fields; undefined when it is valid. */
export function jwtProblem(settings: JwtSettings): string | undefined {
  const { algorithm, secret, publicKey, jwks } = settings;
  const given = [secret, publicKey, jwks].filter((one) => one !== undefined).length;
  if (algorithm in SECRET_BYTES) {
    const bytes = SECRET_BYTES[algorithm as keyof typeof SECRET_BYTES];
    if (given !== 1 || secret === undefined)
      return `"jwt": ${algorithm} needs "secret" and neither "publicKey" nor "jwks"`;
    if (secret.startsWith('put here')) return '"jwt.secret" is still the placeholder';
    if (Buffer.byteLength(secret) < bytes)
      return `"jwt.secret" is too short: expected ${bytes} bytes at least for ${algorithm}`;
    return undefined;
  }
  if (given !== 1 || secret !== undefined)
    return `"jwt": ${algorithm} needs either "publicKey" or "jwks", and no "secret"`;
  return publicKey === undefined ? jwksProblem(jwks as JSONWebKeySet) : publicKeyProblem(publicKey, algorithm);
}

/** The verification key in jose's form. The settings must be valid. */
export function verificationKey({ secret, publicKey, jwks }: JwtSettings): KeyObject | LocalJWKSet {
  if (secret !== undefined) return createSecretKey(Buffer.from(secret));
  if (publicKey !== undefined) return createPublicKey(publicKey);
  return createLocalJWKSet(jwks as JSONWebKeySet);
}

function publicKeyProblem(pem: string, algorithm: string): string | undefined {
  // Node would silently take its public half, and the private key would stay in this file.
  if (pem.includes('PRIVATE KEY'))
    return '"jwt.publicKey" is a private key: give the public one, the issuer keeps this';
  let parsed: KeyObject;
  try {
    parsed = createPublicKey(pem);
  } catch {
    return '"jwt.publicKey" is no PEM public key; it begins with -----BEGIN PUBLIC KEY-----';
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = parsed;
  const isFit =
    algorithm === 'EdDSA'
      ? type === 'ed25519'
      : algorithm in CURVES
        ? type === 'ec' && details?.namedCurve === CURVES[algorithm]
        : type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
  return isFit
    ? undefined
    : `"jwt.publicKey" does not fit ${algorithm}${type === 'rsa' ? ` (RSA: ${MIN_RSA_BITS} bits)` : ''}`;
}

function jwksProblem(jwks: JSONWebKeySet): string | undefined {
  const secret = jwks.keys.findIndex((key) => key.kty === 'oct' || key.d !== undefined);
  if (secret >= 0) return `"jwt.jwks.keys[${secret}]" is a secret or private key: give public ones only`;
  try {
    createLocalJWKSet(jwks);
    return undefined;
  } catch {
    return '"jwt.jwks" is no JSON Web Key Set';
  }
}
