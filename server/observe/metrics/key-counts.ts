/**
 * What each key has used: rows, time of the engine, bytes on its connections. Runs once per prediction and packet. The
 * number of keys that are counted apart is bounded: an issuer of JWTs may name anybody.
 */

import type { Predicted } from '../../contracts/outcome.js';
import type { ObservedRequest, RefusedRequest, Tap } from '../../contracts/tap.js';

/** What one key has used since the start. */
export interface KeyUse {
  /** Rows answered. */
  rows: number;
  /** Requests that were refused or failed. */
  errors: number;
  /** Its rows' share of the time in the model, in microseconds. */
  engineUs: number;
  /** Bytes of its requests and events, and of the answers and frames to it. */
  received: number;
  sent: number;
}

/** Keys beyond these are counted together. */
const MAX_KEYS = 1000;
/** Not a name that a key can have. */
const OTHERS = '(others)';

export class KeyCounts implements Tap {
  readonly name = 'key counts';
  readonly #keys = new Map<string, KeyUse>();

  predicted({ origin: { key }, rows }: ObservedRequest, { timing }: Predicted): void {
    if (key === undefined) return;
    const use = this.of(key);
    use.rows += rows;
    if (timing !== undefined) use.engineUs += timing.inferUs * Math.min(1, rows / Math.max(1, timing.batchRows));
  }

  failed({ origin: { key } }: ObservedRequest): void {
    if (key !== undefined) this.of(key).errors += 1;
  }

  refused({ origin: { key } }: RefusedRequest): void {
    if (key !== undefined) this.of(key).errors += 1;
  }

  get all(): Iterable<readonly [string, KeyUse]> {
    return this.#keys;
  }

  /** For the doors, which count bytes. */
  of(key: string): KeyUse {
    const name = this.#keys.size < MAX_KEYS || this.#keys.has(key) ? key : OTHERS;
    let use = this.#keys.get(name);
    if (use === undefined) {
      use = { rows: 0, errors: 0, engineUs: 0, received: 0, sent: 0 };
      this.#keys.set(name, use);
    }
    return use;
  }
}
