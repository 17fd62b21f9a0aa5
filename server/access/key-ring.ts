/** Finds keys of a token file by token, in a time that reveals nothing about them. */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IssuedGrant } from './issued-grant.js';
import { grantOf } from './scopes.js';
import type { TokenKey } from './token-file.js';

interface Entry {
  readonly key: TokenKey;
  readonly digest: Buffer;
  readonly grant: IssuedGrant;
}

export class KeyRing {
  /** Random per process, so that nobody else can compute what is compared. */
  readonly #secret: Buffer;
  readonly #entries: readonly Entry[];

  private constructor(secret: Buffer, entries: readonly Entry[]) {
    this.#secret = secret;
    this.#entries = entries;
  }

  static of(keys: readonly TokenKey[]): KeyRing {
    const secret = randomBytes(32);
    return new KeyRing(
      secret,
      keys.map((key) => entryOf(key, secret)),
    );
  }

  /** A ring of these keys; unchanged keys keep their grants. */
  renewed(keys: readonly TokenKey[]): KeyRing {
    const kept = new Map(this.#entries.map((entry) => [identity(entry.key), entry]));
    return new KeyRing(
      this.#secret,
      keys.map((key) => kept.get(identity(key)) ?? entryOf(key, this.#secret)),
    );
  }

  /** The issuers of this ring's grants that are missing from the other. */
  issuersWithout(other: KeyRing): readonly object[] {
    const kept = new Set(other.#entries);
    return this.#entries.filter((entry) => !kept.has(entry)).map(({ grant }) => grant.issuer);
  }

  /** Compares with every key, wherever the right one is. */
  find(token: string): IssuedGrant | undefined {
    const digest = digestOf(token, this.#secret);
    let found: IssuedGrant | undefined;
    for (const entry of this.#entries) if (timingSafeEqual(entry.digest, digest)) found = entry.grant;
    return found;
  }
}

function entryOf(key: TokenKey, secret: Buffer): Entry {
  const grant: IssuedGrant = {
    name: key.name,
    ...grantOf(key.scopes),
    quota: key.quota,
    issuer: key,
    endsAt: undefined,
  };
  return { key, digest: digestOf(key.token, secret), grant };
}

function digestOf(token: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(token).digest();
}

function identity({ name, token, scopes, quota }: TokenKey): string {
  return JSON.stringify([name, token, [...scopes].sort(), quota]);
}
