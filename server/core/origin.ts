/** Where requests come from: one connection, session or embedding caller. Ids, credit and fairness are counted per origin. */

import type { RequestId } from '../../shared/protocol.js';
import type { Pending } from './pending.js';

export class Origin {
  /** For log lines. */
  readonly name: string;
  /** Credit: most rows that may be unanswered. */
  readonly maxInFlightRows: number;
  /** What viewers of a stream see of it. The name may be a secret. */
  readonly alias: string;
  inFlightRows = 0;
  closed = false;
  /** Requests in flight by their id; one without an id stands under itself. */
  readonly requests = new Map<RequestId | Pending, Pending>();

  /** The newest request in flight of each key. A key is for one model: the hub joins the two. */
  readonly keyed = new Map<string, Pending>();

  constructor(name: string, maxInFlightRows: number, alias: string) {
    this.name = name;
    this.alias = alias;
    this.maxInFlightRows = maxInFlightRows;
  }

  /** Forgets a key unless a newer request has taken it. */
  forgetKey(key: string, pending: Pending): void {
    if (this.keyed.get(key) === pending) this.keyed.delete(key);
  }
}
