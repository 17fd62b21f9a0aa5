/** Where requests come from: one connection, session or embedding caller. Ids, keys and credit are counted per origin, shares per principal. */

import type { RequestId } from '../../../shared/protocol.js';
import type { Lane, Turns } from '../batches/turns.js';
import type { Principal } from './principal.js';
import type { Pending } from './request.js';
import type { RetrySlot } from './retry-slots.js';

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
  /** What stands for its principal: the same text for all that one token, or one caller, opens. Undefined: it is a principal of its own. */
  readonly principal?: string;
}

export class Origin {
  /** For log lines. */
  readonly name: string;
  readonly via: Via;
  readonly maxInFlightRows: number;
  readonly alias: string;
  readonly resumes: boolean;
  readonly internal: boolean;
  readonly principal: Principal;
  /** What it was opened with, for when it is closed. */
  readonly principalKey: string | undefined;
  inFlightRows = 0;
  closed = false;
  /** Requests in flight by their id; one without an id stands under itself. */
  readonly requests = new Map<RequestId | Pending, Pending>();

  /** Its place in each queue that it has asked. */
  readonly lanes = new Map<Turns, Lane>();
  /** Refused requests that were told when to come again, by id; one without an id stands under itself. In order of refusal. */
  readonly promises = new Map<RequestId | RetrySlot, RetrySlot>();
  toldRows = 0;
  /** Rows of them that wait for its own credit, and the latest time that one was told. */
  promisedRows = 0;
  lastAt = 0;

  /** The newest request in flight of each key. A key is for one model: the hub joins the two. */
  readonly keyed = new Map<string, Pending>();

  constructor(name: string, principal: Principal, options: OriginOptions) {
    const { via, maxInFlightRows, alias, resumes, internal = false, principal: principalKey } = options;
    this.name = name;
    this.principal = principal;
    this.principalKey = principalKey;
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
