/** Sends the hub's status once a second to its watchers, encoded once for all of them. */

import type { HubStatus } from '../../shared/stream-protocol.js';
import type { Clock, Timer } from '../contracts/clock.js';
import type { Audience, SharedEvent, ViewerSink } from '../contracts/streams.js';
import { OwnStatus } from './own-status.js';
import { sharedEvent } from './shared-events.js';

/** What the status is computed from; counts are since the hub's start. */
export interface StatusFacts
  extends Omit<HubStatus, 'at' | 'uptimeSeconds' | 'predictionsPerSecond' | 'meanBatchRows'> {
  readonly predicted: number;
  readonly batches: number;
  readonly rows: number;
}

const EVERY_MS = 1000;
/** A watcher with more unread bytes than this skips one status. */
const MAX_UNREAD_BYTES = 65_536;

export class StatusBoard {
  readonly #facts: () => StatusFacts;
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  /** With the audience of those that are shown their own part only. */
  readonly #watchers = new Map<ViewerSink, OwnStatus | undefined>();
  readonly #startedAt: number;
  #timer: Timer | undefined;
  /** Counts at the last tick, and its time. */
  #before: { readonly at: number; readonly facts: StatusFacts } | undefined;
  #status: HubStatus | undefined;

  constructor(facts: () => StatusFacts, clock: Clock, wallNow: () => number) {
    this.#facts = facts;
    this.#clock = clock;
    this.#wallNow = wallNow;
    this.#startedAt = clock.now();
  }

  /** Sends a watcher the current status immediately, then once a second. */
  watch(sink: ViewerSink, on: boolean, audience?: Audience): void {
    if (!on) {
      this.#watchers.delete(sink);
      return;
    }
    const own = audience && new OwnStatus(audience, this.#clock.now());
    this.#watchers.set(sink, own);
    if (this.#timer === undefined) this.#tick();
    else if (this.#status !== undefined)
      sink.send(statusEvent(own?.of(this.#status, this.#clock.now()) ?? this.#status));
  }

  close(): void {
    this.#timer?.cancel();
    this.#watchers.clear();
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#watchers.size === 0) {
      this.#before = undefined;
      this.#status = undefined;
      return;
    }
    this.#status = this.#read();
    const event = statusEvent(this.#status);
    const now = this.#clock.now();
    for (const [sink, own] of this.#watchers) {
      if (sink.unreadBytes > MAX_UNREAD_BYTES) continue;
      sink.send(own === undefined ? event : statusEvent(own.of(this.#status, now)));
    }
    this.#timer = this.#clock.setTimer(EVERY_MS, () => this.#tick());
  }

  #read(): HubStatus {
    const now = this.#clock.now();
    const facts = this.#facts();
    const before = this.#before;
    this.#before = { at: now, facts };
    const { predicted, batches, rows, ...rest } = facts;
    // Nobody watched before, so the mean since the start has to do.
    const [since, seconds] =
      before === undefined
        ? [{ predicted: 0, batches: 0, rows: 0 }, (now - this.#startedAt) / 1000]
        : [before.facts, (now - before.at) / 1000];
    const newBatches = batches - since.batches;
    return {
      at: this.#wallNow(),
      uptimeSeconds: Math.round((now - this.#startedAt) / 1000),
      predictionsPerSecond: Math.round((10 * (predicted - since.predicted)) / Math.max(seconds, 0.001)) / 10,
      ...(newBatches > 0 ? { meanBatchRows: Math.round((10 * (rows - since.rows)) / newBatches) / 10 } : {}),
      ...rest,
    };
  }
}

function statusEvent(status: HubStatus): SharedEvent {
  return sharedEvent('status', JSON.stringify(status));
}
