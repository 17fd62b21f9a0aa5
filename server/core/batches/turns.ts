/**
 * Whose rows are next: deficit round robin by rows in two levels (Shreedhar and Varghese 1995), between principals, and within one between
 * its origins; first in first out within an origin. What is left of a turn outlives the batch that was full. Every step takes the same time,
 * however many wait. Knows no batch, no cost and no clock.
 */

import type { Origin } from '../requests/origin.js';
import type { Principal } from '../requests/principal.js';
import type { Pending } from '../requests/request.js';
import { type TurnLinks, TurnRing } from './turn-ring.js';

/** Most rows of one turn, in both levels. */
export const QUANTUM_ROWS = 16;

/** The waiting requests of one origin, oldest first. */
export interface Lane extends TurnLinks<Lane> {
  readonly share: Share;
  head: Pending | undefined;
  tail: Pending | undefined;
  rows: number;
  /** Rows left of its turn; 0 when that has not begun. */
  left: number;
}

/** What waits of one principal. */
export interface Share extends TurnLinks<Share> {
  readonly lanes: TurnRing<Lane>;
  rows: number;
  left: number;
}

export class Turns {
  readonly #ring = new TurnRing<Share>();

  /** The request whose rows are next. */
  get next(): Pending | undefined {
    return this.#ring.head?.lanes.head?.head;
  }

  /** Principals that wait. */
  get principals(): number {
    return this.#ring.size;
  }

  /** Rows of a principal that wait. */
  rowsOf(principal: Principal): number {
    return principal.shares.get(this)?.rows ?? 0;
  }

  /** Whether another origin waits. */
  holdsAnother(than: Origin): boolean {
    const share = this.#ring.head;
    return share !== undefined && (this.#ring.size > 1 || share.lanes.size > 1 || this.next?.origin !== than);
  }

  /** Most rows that run before the last of `rows` more of this origin, those included, however many others come. */
  rowsUntil(origin: Origin, rows: number): number {
    const share = origin.principal.shares.get(this);
    const own = rows + (origin.lanes.get(this)?.rows ?? 0);
    const ofPrincipal = Math.min((share?.rows ?? 0) + rows, (own + QUANTUM_ROWS) * (1 + (share?.lanes.size ?? 0)));
    return (ofPrincipal + QUANTUM_ROWS) * (1 + this.#ring.size);
  }

  /** At least which part of what is drained is this principal's; its origin's, where one is given. Not zero. */
  portionOf(principal: Principal, queuedRows: number, origin?: Origin): number {
    const share = principal.shares.get(this);
    const rows = share?.rows ?? 0;
    const others = this.#ring.size - (rows > 0 ? 1 : 0);
    const portion = Math.max(1 / (1 + others), queuedRows === 0 ? 0 : rows / queuedRows);
    if (origin === undefined) return portion;
    const own = origin.lanes.get(this)?.rows ?? 0;
    const lanes = (share?.lanes.size ?? 0) + (own > 0 ? 0 : 1);
    return portion * Math.max(1 / lanes, rows === 0 ? 0 : own / rows);
  }

  /** Adds a request: at the end of its origin's lane, or before another one that waits there. */
  add(pending: Pending, before?: Pending): void {
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

  /** How many rows of {@link next} may be taken now. `quantum`: the rows of a turn, {@link QUANTUM_ROWS} at most. */
  allowance(quantum: number): number {
    const share = this.#ring.head;
    const lane = share?.lanes.head;
    if (share === undefined || lane === undefined) return 0;
    if (share.left === 0) share.left = quantum;
    if (lane.left === 0) lane.left = quantum;
    return Math.min(share.left, lane.left);
  }

  /** Notes that rows of {@link next} were taken; `pending.queuedRows` counts them no more. */
  spend(pending: Pending, rows: number): void {
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

  /** Takes a request out with the rows that it has waiting. */
  remove(pending: Pending): void {
    const { lane } = pending;
    if (lane === undefined) return;
    lane.rows -= pending.queuedRows;
    lane.share.rows -= pending.queuedRows;
    this.#unlink(pending, lane);
  }

  /** The lane of an origin, which takes part in the turns from now on. Kept with its origin, empty or not: a map that grows and shrinks with each row is litter. */
  #laneOf(origin: Origin): Lane {
    let lane = origin.lanes.get(this);
    if (lane === undefined) {
      const links = { rows: 0, left: 0, before: undefined, after: undefined };
      let share = origin.principal.shares.get(this);
      if (share === undefined) {
        share = { lanes: new TurnRing(), ...links };
        origin.principal.shares.set(this, share);
      }
      lane = { share, head: undefined, tail: undefined, ...links };
      origin.lanes.set(this, lane);
    }
    const { share } = lane;
    if (lane.before === undefined) share.lanes.push(lane);
    if (share.before === undefined) this.#ring.push(share);
    return lane;
  }

  #unlink(pending: Pending, lane: Lane): void {
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
    // What it did not use of its turn is lost: it comes last when it comes again.
    lane.left = 0;
    share.lanes.remove(lane);
    if (share.lanes.size > 0) return;
    share.left = 0;
    this.#ring.remove(share);
  }
}
