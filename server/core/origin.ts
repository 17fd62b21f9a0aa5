/** Where requests come from: one connection, session or embedding caller. Ids, credit and fairness are counted per origin. */

import type { RequestId } from '../../shared/protocol.js';
import type { Pending } from './pending.js';

/** How requests come in. */
export type Via = 'socketio' | 'rest' | 'in-process';

export interface OriginOptions {
  readonly via: Via;
  /** Credit: most rows that may be unanswered. */
  readonly maxInFlightRows: number;
  /** What viewers of a stream see of it: the name may be a secret. */
  readonly alias: string;
  /** True when it outlives its connection: then an id that comes again is the same request. */
  readonly resumes: boolean;
  /** True for requests that the hub makes of itself: they are nobody's predictions, and are not logged. @default false */
  readonly internal?: boolean;
}

export class Origin {
  /** For log lines. */
  readonly name: string;
  readonly via: Via;
  readonly maxInFlightRows: number;
  readonly alias: string;
  readonly resumes: boolean;
  readonly internal: boolean;
  inFlightRows = 0;
  closed = false;
  /** Requests in flight by their id; one without an id stands under itself. */
  readonly requests = new Map<RequestId | Pending, Pending>();

  /** The newest request in flight of each key. A key is for one model: the hub joins the two. */
  readonly keyed = new Map<string, Pending>();

  constructor(name: string, { via, maxInFlightRows, alias, resumes, internal = false }: OriginOptions) {
    this.name = name;
    this.via = via;
    this.maxInFlightRows = maxInFlightRows;
    this.alias = alias;
    this.resumes = resumes;
    this.internal = internal;
  }

  /** Forgets a key unless a newer request has taken it. */
  forgetKey(key: string, pending: Pending): void {
    if (this.keyed.get(key) === pending) this.keyed.delete(key);
  }
}
