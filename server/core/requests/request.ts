/** One accepted request until it is settled. Plain data: the ledger settles it, the model queue links it. */

import type { WireError } from '../../../shared/errors.js';
import type { OutputRows } from '../../../shared/output.js';
import type { RequestId, Timing, WordWeight } from '../../../shared/protocol.js';
import type { TensorArray } from '../../../shared/tensor.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { ModelQueue } from '../batches/model-queue.js';
import type { Lane } from '../batches/turns.js';
import type { Explanation } from './explanation.js';
import type { Origin } from './origin.js';

/** The one final answer. `output` is only valid during the call: its buffer is used again. */
export type Outcome =
  | {
      readonly ok: true;
      readonly model: ModelSpec;
      readonly output: OutputRows;
      readonly batched: boolean;
      /** The receipt; undefined where the hub makes none. */
      readonly timing: Timing | undefined;
      /** What each token of the text added, where that was asked. */
      readonly words?: readonly WordWeight[];
    }
  | { readonly ok: false; readonly error: WireError };

/** Called exactly once for an accepted request, never for a refused one and never from inside `submit`. */
export type Settle = (outcome: Outcome) => void;

export interface PendingInit {
  readonly id: RequestId | undefined;
  /** Latest wins among the origin's requests to this model with this key. */
  readonly key: string | undefined;
  readonly origin: Origin;
  readonly queue: ModelQueue;
  readonly rows: number;
  readonly batched: boolean;
  readonly firstSlot: number;
  readonly acceptedAt: number;
  readonly deadline: number;
  readonly settle: Settle;
  readonly stream: string | undefined;
  readonly input: unknown;
  readonly explanation: Explanation | undefined;
}

export class Pending {
  readonly id: RequestId | undefined;
  readonly key: string | undefined;
  readonly origin: Origin;
  readonly queue: ModelQueue;
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

  settled = false;
  /** Rows not yet put into a batch, and the slot of the first of them. */
  queuedRows: number;
  queuedSlot: number;
  /** The origin's lane and the neighbours in it, while rows are queued. */
  lane: Lane | undefined;
  previous: Pending | undefined;
  next: Pending | undefined;
  /** Results of a request whose rows were split over several batches. */
  results: TensorArray[] | undefined;
  doneRows = 0;

  constructor(init: PendingInit) {
    this.id = init.id;
    this.key = init.key;
    this.origin = init.origin;
    this.queue = init.queue;
    this.rows = init.rows;
    this.batched = init.batched;
    this.firstSlot = init.firstSlot;
    this.acceptedAt = init.acceptedAt;
    this.deadline = init.deadline;
    this.settle = init.settle;
    this.stream = init.stream;
    this.input = init.input;
    this.explanation = init.explanation;
    this.queuedRows = init.rows;
    this.queuedSlot = init.firstSlot;
  }
}
