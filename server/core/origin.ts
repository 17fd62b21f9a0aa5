/** Where requests come from: one connection, session or embedding caller. Ids, credit and fairness are counted per origin. */

import type { RequestId } from '../../shared/protocol.js';
import type { Pending } from './pending.js';

export class Origin {
  /** For log lines. */
  readonly name: string;
  /** Credit: most rows that may be unanswered. */
  readonly maxInFlightRows: number;
  inFlightRows = 0;
  closed = false;
  /** Requests in flight by their id; one without an id stands under itself. */
  readonly requests = new Map<RequestId | Pending, Pending>();

  constructor(name: string, maxInFlightRows: number) {
    this.name = name;
    this.maxInFlightRows = maxInFlightRows;
  }
}
