/** A request in flight, and where it comes from. Plain data: the ledger settles a request, a queue links it. */

import type { RequestId } from '../../../shared/protocol.js';
import type { TensorArray } from '../../../shared/tensor.js';
import type { OriginOptions, RequestOrigin } from '../../contracts/hub.js';
import type { ReadyModel } from '../../contracts/model.js';
import type { Settle } from '../../contracts/outcome.js';
import type { ObservedRequest, Via } from '../../contracts/tap.js';
import type { Lane, Waiting } from '../batches/turns.js';
import type { Explanation } from './explanation.js';
import type { Principal } from './principal.js';
import type { RetrySlot } from './retry-slots.js';

/** What holds a request's rows until they run. */
export interface RequestQueue {
  readonly model: ReadyModel;
  /** Lets go of a settled request: its waiting rows are not computed, its slots are free. */
  release(pending: Pending): void;
}

export class Origin implements RequestOrigin {
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

/** A request as it is accepted. */
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
  /** Clock time at which it is answered DEADLINE_EXCEEDED. */
  readonly deadline: number;
  readonly settle: Settle;
  /** The stream that it is cast to. */
  readonly stream: string | undefined;
  /** As it came, where the hub keeps inputs for whoever listens; else undefined. */
  readonly input: unknown;
  /** Makes of the rows that ran the outcome that is told; undefined: they are it. */
  readonly explanation: Explanation | undefined;
}

/** And what becomes of it. */
export interface Pending extends Accepted, Waiting<Pending>, ObservedRequest {
  readonly origin: Origin;
  settled: boolean;
  /** Rows not yet put into a batch, and the slot of the first of them. */
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

/** One literal, so that all requests are of one shape: a spread costs many times as much. */
export function newPending(accepted: Accepted): Pending {
  const { id, key, origin, queue, rows, batched, firstSlot, acceptedAt, deadline } = accepted;
  const { settle, stream, input, explanation } = accepted;
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
