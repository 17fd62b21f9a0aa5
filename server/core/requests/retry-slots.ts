/**
 * Retry times of one principal's refused requests: places in a queue that holds no requests, only promises of room.
 * Each refusal gets a later place, and a caller that returns at its time precedes those without a promise. Knows no
 * clock, queue or rate: it is told the time and the duration of a row.
 */

import type { RequestId } from '../../../shared/protocol.js';

/** A bound that reserves room for refused requests: an origin's credit, a principal's share, a queue. */
export interface Keeper {
  promisedRows: number;
  /** The latest time given. */
  lastAt: number;
}

/** Whose requests were refused, with its promises by id or, without one, keyed by themselves. In order of refusal. */
export interface Asker {
  readonly maxInFlightRows: number;
  readonly promises: Map<RequestId | RetrySlot, RetrySlot>;
  /** Total rows of its promises. */
  toldRows: number;
}

/** The promise made with one refusal. */
export interface RetrySlot {
  readonly origin: Asker;
  readonly id: RequestId | undefined;
  readonly keeper: Keeper;
  readonly rows: number;
  /** When it may retry, on the core's clock. */
  readonly at: number;
  /** It was claimed, or its time is over. */
  isOver: boolean;
}

/** A timer may fire slightly early, in milliseconds. */
const EARLY_MS = 2;
/**
 * How long a place is kept after its time, in milliseconds: covers a paused connection, the network and a busy client.
 */
const KEPT_MS = 1_250;
/**
 * After this time, in milliseconds, another request of the origin may claim a place whose own request has not returned.
 */
const LEFT_MS = 1_000;
/** Maximum places of one principal; further refusals get a time but no promise. */
const MAX_SLOTS = 8192;
/** Maximum rows promised to one origin, in multiples of its credit. */
const MAX_TOLD = 8;

export class RetrySlots implements Keeper {
  /** Rows to reserve in what the principal's origins share. */
  promisedRows = 0;
  lastAt = 0;
  /** In order of refusal; those before `#first` are over. */
  #slots: RetrySlot[] = [];
  #first = 0;

  get isEmpty(): boolean {
    return this.#first === this.#slots.length;
  }

  /** Releases places whose time is long over. */
  sweep(now: number): void {
    for (let slot = this.#slots[this.#first]; slot !== undefined; slot = this.#slots[this.#first]) {
      if (!slot.isOver && slot.at + KEPT_MS >= now) break;
      this.end(slot);
      this.#first += 1;
    }
    if (this.#first > 64 && this.#first * 2 > this.#slots.length) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The time given to this request earlier, if still ahead; a caller that retries too early keeps its place. */
  toldBefore(origin: Asker, id: RequestId | undefined, now: number): number | undefined {
    const own = id === undefined ? undefined : origin.promises.get(id);
    return own !== undefined && own.at > now ? own.at : undefined;
  }

  /** Records that a request was told to retry at this time. */
  promise(slot: Omit<RetrySlot, 'isOver'>): void {
    const { origin, rows } = slot;
    const before = slot.id === undefined ? undefined : origin.promises.get(slot.id);
    if (before !== undefined) this.end(before);
    if (this.#slots.length - this.#first >= MAX_SLOTS) return;
    // A caller that asks again and again is not promised unlimited room.
    if (origin.toldRows + rows > MAX_TOLD * origin.maxInFlightRows) return;
    const kept: RetrySlot = { ...slot, isOver: false };
    this.#slots.push(kept);
    origin.promises.set(kept.id ?? kept, kept);
    origin.toldRows += rows;
    kept.keeper.promisedRows += rows;
    kept.keeper.lastAt = Math.max(kept.keeper.lastAt, kept.at);
  }

  /**
   * The place that this request claims, if its time has come: that of its id, else the origin's oldest without an id,
   * or one left unclaimed. The caller ends it.
   */
  due(origin: Asker, id: RequestId | undefined, now: number): RetrySlot | undefined {
    const own = id === undefined ? undefined : origin.promises.get(id);
    if (own !== undefined) return own.at - EARLY_MS <= now ? own : undefined;
    const [oldest] = origin.promises.values();
    if (oldest === undefined) return undefined;
    const opensAt = oldest.id === undefined ? oldest.at - EARLY_MS : oldest.at + LEFT_MS;
    return opensAt <= now ? oldest : undefined;
  }

  /** The place was claimed, or is given up. */
  end(slot: RetrySlot): void {
    if (slot.isOver) return;
    slot.isOver = true;
    const { origin, rows, id } = slot;
    origin.promises.delete(id ?? slot);
    origin.toldRows -= rows;
    slot.keeper.promisedRows -= rows;
  }

  /** Releases all places of an origin that is gone. */
  forget(origin: Asker): void {
    for (const slot of origin.promises.values()) this.end(slot);
  }
}
