/**
 * Decides whose rows are next: deficit round robin by rows in two levels (Shreedhar and Varghese 1995), between
 * principals and between the origins of each; first in first out within an origin. The rest of a turn carries over to
 * the next batch. Every step takes constant time. Knows no batch, cost or clock.
 */

import { type TurnLinks, TurnRing } from './turn-ring.js';

/** Maximum rows per turn of an origin, and of a principal for each unit of its weight. */
export const QUANTUM_ROWS = 16;

/** Who asks, and for whom; only compared, never inspected. */
export interface Source {
  readonly principal: Weighted;
}

/** Whoever shares the queue. `weight`: a whole number of turns against those of others. @default 1 */
export interface Weighted {
  readonly weight?: number;
}

/** A request with its links. */
export interface Waiting<T> {
  readonly origin: Source;
  queuedRows: number;
  lane: Lane<T> | undefined;
  previous: T | undefined;
  next: T | undefined;
}

/** The waiting requests of one origin, oldest first. */
export interface Lane<T> extends TurnLinks<Lane<T>> {
  readonly share: Share<T>;
  head: T | undefined;
  tail: T | undefined;
  rows: number;
  /** Rows left of its turn; 0 before it begins. */
  left: number;
}

/** The waiting requests of one principal. */
export interface Share<T> extends TurnLinks<Share<T>> {
  readonly lanes: TurnRing<Lane<T>>;
  /** As it was when it joined the ring. */
  weight: number;
  rows: number;
  left: number;
}

export class RoundRobin<T extends Waiting<T>> {
  readonly #ring = new TurnRing<Share<T>>();
  /** Kept as long as their owners live, empty or not: a map that grows and shrinks with each row creates garbage. */
  readonly #shares = new WeakMap<Weighted, Share<T>>();
  readonly #lanes = new WeakMap<Source, Lane<T>>();
  /** Of all principals with waiting rows. */
  #weights = 0;

  /** The request whose rows are next. */
  get next(): T | undefined {
    return this.#ring.head?.lanes.head?.head;
  }

  /** Number of principals with waiting rows. */
  get principals(): number {
    return this.#ring.size;
  }

  /** Waiting rows of a principal. */
  rowsOf(principal: Weighted): number {
    return this.#shares.get(principal)?.rows ?? 0;
  }

  /** Whether another origin has waiting rows. */
  holdsAnother(than: Source): boolean {
    const share = this.#ring.head;
    return share !== undefined && (this.#ring.size > 1 || share.lanes.size > 1 || this.next?.origin !== than);
  }

  /**
   * Upper bound of the rows that run before the last of `rows` more of this origin, inclusive, however many others
   * arrive.
   */
  rowsUntil(origin: Source, rows: number): number {
    const share = this.#shares.get(origin.principal);
    const own = rows + (this.#lanes.get(origin)?.rows ?? 0);
    const ofPrincipal = Math.min((share?.rows ?? 0) + rows, (own + QUANTUM_ROWS) * (1 + (share?.lanes.size ?? 0)));
    const weight = origin.principal.weight ?? 1;
    return (ofPrincipal / weight + QUANTUM_ROWS) * (weight + this.#weights);
  }

  /** Minimum fraction of drained rows that belongs to this principal, or to the origin if given. Never zero. */
  portionOf(principal: Weighted, queuedRows: number, origin?: Source): number {
    const share = this.#shares.get(principal);
    const rows = share?.rows ?? 0;
    const weight = principal.weight ?? 1;
    const others = this.#weights - (rows > 0 ? (share?.weight ?? 0) : 0);
    const portion = Math.max(weight / (weight + others), queuedRows === 0 ? 0 : rows / queuedRows);
    if (origin === undefined) return portion;
    const own = this.#lanes.get(origin)?.rows ?? 0;
    const lanes = (share?.lanes.size ?? 0) + (own > 0 ? 0 : 1);
    return portion * Math.max(1 / lanes, rows === 0 ? 0 : own / rows);
  }

  /** Adds a request: at the end of its origin's lane, or before another one waiting there. */
  add(pending: T, before?: T): void {
    const lane = this.#laneOf(pending.origin);
    pending.lane = lane;
    pending.previous = before === undefined ? lane.tail : before.previous;
    pending.next = before;
    if (pending.previous === undefined) lane.head = pending;
    else pending.previous.next = pending;
    if (before === undefined) lane.tail = pending;
    else before.previous = pending;
    lane.rows += pending.queuedRows;
    lane.share.rows += pending.queuedRows;
  }

  /** How many rows of {@link next} may be taken now. `quantum`: rows per turn, at most {@link QUANTUM_ROWS}. */
  allowance(quantum: number): number {
    const share = this.#ring.head;
    const lane = share?.lanes.head;
    if (share === undefined || lane === undefined) return 0;
    if (share.left === 0) share.left = quantum * share.weight;
    if (lane.left === 0) lane.left = quantum;
    return Math.min(share.left, lane.left);
  }

  /** Records that rows of {@link next} were taken; `pending.queuedRows` already excludes them. */
  spend(pending: T, rows: number): void {
    const { lane } = pending;
    if (lane === undefined) return;
    const { share } = lane;
    lane.rows -= rows;
    lane.left -= rows;
    share.rows -= rows;
    share.left -= rows;
    if (pending.queuedRows === 0) this.#unlink(pending, lane);
    if (lane.left === 0 && share.lanes.head === lane) share.lanes.pass();
    if (share.left === 0 && this.#ring.head === share) this.#ring.pass();
  }

  /** Removes a request and its waiting rows. */
  remove(pending: T): void {
    const { lane } = pending;
    if (lane === undefined) return;
    lane.rows -= pending.queuedRows;
    lane.share.rows -= pending.queuedRows;
    this.#unlink(pending, lane);
  }

  /** The lane of an origin, which takes part in the turns from now on. */
  #laneOf(origin: Source): Lane<T> {
    let lane = this.#lanes.get(origin);
    if (lane === undefined) {
      const links = { rows: 0, left: 0, before: undefined, after: undefined };
      let share = this.#shares.get(origin.principal);
      if (share === undefined) {
        share = { lanes: new TurnRing(), weight: 1, ...links };
        this.#shares.set(origin.principal, share);
      }
      lane = { share, head: undefined, tail: undefined, ...links };
      this.#lanes.set(origin, lane);
    }
    const { share } = lane;
    if (lane.before === undefined) share.lanes.push(lane);
    if (share.before === undefined) {
      share.weight = origin.principal.weight ?? 1;
      this.#weights += share.weight;
      this.#ring.push(share);
    }
    return lane;
  }

  #unlink(pending: T, lane: Lane<T>): void {
    const { previous, next } = pending;
    if (previous === undefined) lane.head = next;
    else previous.next = next;
    if (next === undefined) lane.tail = previous;
    else next.previous = previous;
    pending.previous = undefined;
    pending.next = undefined;
    pending.lane = undefined;
    if (lane.head !== undefined) return;
    const { share } = lane;
    // The unused rest of its turn is lost: it comes last when it returns.
    lane.left = 0;
    share.lanes.remove(lane);
    if (share.lanes.size > 0) return;
    share.left = 0;
    this.#weights -= share.weight;
    this.#ring.remove(share);
  }
}
