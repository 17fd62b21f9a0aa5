/**
 * The times at which refused requests of one principal may come again: places in a queue that holds no requests, only the promise of
 * room. Each refusal takes a later place, and who comes at its time goes before those who were promised nothing. Knows no clock, no queue and
 * no rate: it is told the time, and how long a row takes.
 */

import type { RequestId } from '../../../shared/protocol.js';

/** What keeps room for refused requests: an origin in its credit, a principal in its share, a queue. */
export interface Keeper {
  promisedRows: number;
  /** The latest time that was told. */
  lastAt: number;
}

/** Whose requests were refused: its promises, by id or, without one, under themselves. In order of refusal. */
export interface Asker {
  readonly maxInFlightRows: number;
  readonly promises: Map<RequestId | RetrySlot, RetrySlot>;
  /** Rows of all of them. */
  toldRows: number;
}

/** The promise of one refusal. */
export interface RetrySlot {
  readonly origin: Asker;
  readonly id: RequestId | undefined;
  readonly keeper: Keeper;
  readonly rows: number;
  /** Clock time at which it may come. */
  readonly at: number;
  /** It came, or its time is over. */
  isOver: boolean;
}

/** A timer may be a little early, in milliseconds. */
const EARLY_MS = 2;
/** A place is kept so long after its time, in milliseconds: a connection that is paused in between, a way through the network and a busy client. */
const KEPT_MS = 1_250;
/** Another request of the origin may take a place that its own did not come for by then, in milliseconds. */
const LEFT_MS = 1_000;
/** Most places of one principal; further refusals are told a time and promised nothing. */
const MAX_SLOTS = 8192;
/** Most rows promised to one origin, in its credits. */
const MAX_TOLD = 8;

export class RetrySlots implements Keeper {
  /** Rows for which there is to be room in what the principal's origins share. */
  promisedRows = 0;
  lastAt = 0;
  /** In order of refusal; those before `#first` are over. */
  #slots: RetrySlot[] = [];
  #first = 0;

  get isEmpty(): boolean {
    return this.#first === this.#slots.length;
  }

  /** Gives up places whose time is long over. */
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

  /** The time that a request was told before, while it is to come; who asks too early keeps its place. */
  toldBefore(origin: Asker, id: RequestId | undefined, now: number): number | undefined {
    const own = id === undefined ? undefined : origin.promises.get(id);
    return own !== undefined && own.at > now ? own.at : undefined;
  }

  /** Notes that a request was told to come again at this time. */
  promise(slot: Omit<RetrySlot, 'isOver'>): void {
    const { origin, rows } = slot;
    const before = slot.id === undefined ? undefined : origin.promises.get(slot.id);
    if (before !== undefined) this.end(before);
    if (this.#slots.length - this.#first >= MAX_SLOTS) return;
    // Whoever asks again and again is not promised room without end.
    if (origin.toldRows + rows > MAX_TOLD * origin.maxInFlightRows) return;
    const kept: RetrySlot = { ...slot, isOver: false };
    this.#slots.push(kept);
    origin.promises.set(kept.id ?? kept, kept);
    origin.toldRows += rows;
    kept.keeper.promisedRows += rows;
    kept.keeper.lastAt = Math.max(kept.keeper.lastAt, kept.at);
  }

  /**
   * The place that this request comes for, if its time has come: that of its id, else the origin's oldest that is for no id, or that was left.
   * The caller ends it.
   */
  due(origin: Asker, id: RequestId | undefined, now: number): RetrySlot | undefined {
    const own = id === undefined ? undefined : origin.promises.get(id);
    if (own !== undefined) return own.at - EARLY_MS <= now ? own : undefined;
    const [oldest] = origin.promises.values();
    if (oldest === undefined) return undefined;
    const opensAt = oldest.id === undefined ? oldest.at - EARLY_MS : oldest.at + LEFT_MS;
    return opensAt <= now ? oldest : undefined;
  }

  /** The place was taken, or is given up. */
  end(slot: RetrySlot): void {
    if (slot.isOver) return;
    slot.isOver = true;
    const { origin, rows, id } = slot;
    origin.promises.delete(id ?? slot);
    origin.toldRows -= rows;
    slot.keeper.promisedRows -= rows;
  }

  /** Gives up all places of an origin that is gone. */
  forget(origin: Asker): void {
    for (const slot of origin.promises.values()) this.end(slot);
  }
}
