/** A request in flight, and its origin. Plain data: the ledger settles a request, a queue links it. */

import type { RequestId } from '../../../shared/protocol.js';
import type { TensorArray } from '../../../shared/tensor.js';
import type { OriginOptions, RequestOrigin } from '../../contracts/hub.js';
import type { ReadyModel } from '../../contracts/model.js';
import type { Settle } from '../../contracts/outcome.js';
import type { ObservedRequest, Via } from '../../contracts/tap.js';
import type { Lane, Waiting } from '../batches/round-robin.js';
import type { Explanation } from './explanation.js';
import type { Principal } from './principal.js';
import type { RetrySlot } from './retry-slots.js';

/** Holds a request's rows until they run. */
export interface RequestQueue {
  readonly model: ReadyModel;
  /** Releases a settled request: its waiting rows are not computed, its slots are freed. */
  release(pending: Pending): void;
}

/** Where requests come from, with its credit and its requests in flight. Open one with {@link Hub.openOrigin}. */
export class Origin implements RequestOrigin {
  /** For log lines. */
  readonly name: string;
  readonly via: Via;
  readonly maxInFlightRows: number;
  readonly alias: string;
  readonly resumes: boolean;
  readonly internal: boolean;
  readonly key: string | undefined;
  readonly principal: Principal;
  /** The key it was opened with, needed to close it. */
  readonly principalKey: string | undefined;
  inFlightRows = 0;
  closed = false;
  /** Requests in flight by id; a request without an id is its own key. */
  readonly requests = new Map<RequestId | Pending, Pending>();

  /** Refused requests that were given a retry time, by id; one without an id is its own key. In order of refusal. */
  readonly promises = new Map<RequestId | RetrySlot, RetrySlot>();
  toldRows = 0;
  /** Their rows that wait for its own credit, and the latest time given. */
  promisedRows = 0;
  lastAt = 0;

  /** The newest request in flight per key. The hub combines key and model. */
  readonly keyed = new Map<string, Pending>();

  constructor(name: string, principal: Principal, options: OriginOptions) {
    const { via, maxInFlightRows, alias, resumes, internal = false, principal: principalKey, key } = options;
    this.name = name;
    this.principal = principal;
    this.principalKey = principalKey;
    this.via = via;
    this.maxInFlightRows = maxInFlightRows;
    this.alias = alias;
    this.resumes = resumes;
    this.internal = internal;
    this.key = key;
  }

  /** Removes a key unless a newer request holds it. */
  forgetKey(key: string, pending: Pending): void {
    if (this.keyed.get(key) === pending) this.keyed.delete(key);
  }
}

/** A request as accepted. */
export interface Accepted {
  readonly id: RequestId | undefined;
  /** Latest wins among the origin's requests to this model with this key. */
  readonly key: string | undefined;
  readonly origin: Origin;
  readonly queue: RequestQueue;
  readonly rows: number;
  readonly batched: boolean;
  readonly firstSlot: number;
  readonly acceptedAt: number;
  /** When it is settled with DEADLINE_EXCEEDED, on the core's clock. */
  readonly deadline: number;
  readonly settle: Settle;
  /** Whom its input is about. */
  readonly subject?: string | undefined;
  /** The stream it is cast to. */
  readonly stream: string | undefined;
  /** The input as received, when the hub keeps inputs for taps; else undefined. */
  readonly input: unknown;
  /** Turns the outcome of the rows that ran into the one delivered; undefined: they are the same. */
  readonly explanation: Explanation | undefined;
}

/** An accepted request with its mutable state. */
export interface Pending extends Accepted, Waiting<Pending>, ObservedRequest {
  readonly origin: Origin;
  settled: boolean;
  /** Rows not yet in a batch, and the slot of the first of them. */
  queuedRows: number;
  queuedSlot: number;
  /** The origin's lane and the neighbours in it, while rows are queued. */
  lane: Lane<Pending> | undefined;
  previous: Pending | undefined;
  next: Pending | undefined;
  /** Results of a request whose rows were split over several batches. */
  results: TensorArray[] | undefined;
  doneRows: number;
}

/** One literal, so that all requests have one hidden class: a spread costs many times as much. */
export function newPending(accepted: Accepted): Pending {
  const { id, key, origin, queue, rows, batched, firstSlot, acceptedAt, deadline } = accepted;
  const { settle, subject, stream, input, explanation } = accepted;
  return {
    id,
    key,
    origin,
    queue,
    model: queue.model.spec,
    rows,
    batched,
    firstSlot,
    acceptedAt,
    deadline,
    settle,
    subject,
    stream,
    input,
    explanation,
    settled: false,
    queuedRows: rows,
    queuedSlot: firstSlot,
    lane: undefined,
    previous: undefined,
    next: undefined,
    results: undefined,
    doneRows: 0,
  };
}
