/** The keys of a token file, found by their token in a time that tells nothing of them. */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { rightsOf } from '../contracts/access.js';
import type { IssuedGrant } from './issued-grant.js';
import type { TokenKey } from './token-file.js';

interface Entry {
  readonly key: TokenKey;
  readonly digest: Buffer;
  readonly grant: IssuedGrant;
}

export class KeyRing {
  /** Of this process alone: what is compared cannot be computed elsewhere. */
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

  /** A ring of these keys; one that is in this ring too, unchanged, keeps its grants. */
  renewed(keys: readonly TokenKey[]): KeyRing {
    const kept = new Map(this.#entries.map((entry) => [identity(entry.key), entry]));
    return new KeyRing(
      this.#secret,
      keys.map((key) => kept.get(identity(key)) ?? entryOf(key, this.#secret)),
    );
  }

  /** What is behind the grants of this ring that the other has not. */
  issuersWithout(other: KeyRing): readonly object[] {
    const kept = new Set(other.#entries);
    return this.#entries.filter((entry) => !kept.has(entry)).map(({ grant }) => grant.issuer);
  }

  /** Looks at every key, wherever the right one stands. */
  find(token: string): IssuedGrant | undefined {
    const digest = digestOf(token, this.#secret);
    let found: IssuedGrant | undefined;
    for (const entry of this.#entries) if (timingSafeEqual(entry.digest, digest)) found = entry.grant;
    return found;
  }
}

function entryOf(key: TokenKey, secret: Buffer): Entry {
  const grant: IssuedGrant = { name: key.name, rights: rightsOf(key.scopes), issuer: key, endsAt: undefined };
  return { key, digest: digestOf(key.token, secret), grant };
}

function digestOf(token: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(token).digest();
}

function identity({ name, token, scopes }: TokenKey): string {
  return JSON.stringify([name, token, [...scopes].sort()]);
}
