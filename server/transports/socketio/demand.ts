/**
 * One connection's load on a busy hub: decides which requests can be refused unread, judging by those that were parsed
 * and refused before, and when a connection paused for that is read again. Costs ordinary requests nothing.
 */

import type { WireError } from '../../../shared/errors.js';
import type { Hub } from '../../core/hub.js';
import type { Origin } from '../../core/requests/request.js';
import type { Wire } from '../wire/wire.js';
import { idOf } from './unread-id.js';

/** Relative difference in length within which two events are assumed to have the same number of rows. */
const SAME_LENGTH = 1 / 8;
/** After this many consecutive acceptances, requests are no longer checked before parsing. */
const UNREFUSED = 64;

export class Demand {
  readonly #hub: Hub;
  readonly #origin: Origin;
  readonly #wire: Wire;
  /** The last request that was parsed and refused, as a model for the next ones. */
  #refused: { readonly chars: number; readonly rows: number } | undefined;
  /** Accepted since the last refusal. */
  #acceptedSince = 0;
  /**
   * Sizes of the requests being read, in characters: a chunk is read to its end before the first of them is handled. 0
   * for one with attachments.
   */
  readonly #reading: number[] = [];
  /** Rows in flight at the last refusal, its own and its principal's. */
  #fullRows = 0;
  #fullPrincipalRows = 0;

  constructor(hub: Hub, origin: Origin, wire: Wire) {
    this.#hub = hub;
    this.#origin = origin;
    this.#wire = wire;
  }

  /** Why a request can be refused unread. Call once per request. */
  refuses(chunk: string, attachments: number): WireError | undefined {
    if (this.#refused === undefined) return undefined;
    const rows = this.#rowsOf(attachments > 0 ? 0 : chunk.length);
    const known = { rows, aheadRows: this.#rowsAhead(), id: idOf(chunk) };
    const error = this.#hub.refusesNow(this.#origin, known);
    // Now rather than when it is answered, so that the rest of its chunk waits instead of being refused.
    if (error !== undefined) this.#full(chunk.length);
    return error;
  }

  /** The request will be parsed. */
  read(chunk: string, attachments: number): void {
    this.#reading.push(attachments > 0 ? 0 : chunk.length);
  }

  /** The first request being read is about to be handled; returns its size in characters. */
  handled(): number {
    return this.#reading.shift() ?? 0;
  }

  accepted(): void {
    if (this.#refused !== undefined && ++this.#acceptedSince === UNREFUSED) this.#refused = undefined;
  }

  /** A parsed request was refused because the hub is busy. */
  refused(chars: number, rows: number): void {
    this.#refused = { chars, rows };
    this.#full(chars);
  }

  #rowsOf(chars: number): number {
    const { chars: length, rows } = this.#refused ?? { chars: 0, rows: 1 };
    return chars > 0 && Math.abs(chars - length) <= SAME_LENGTH * length ? rows : 1;
  }

  #rowsAhead(): number {
    return this.#reading.reduce((rows, chars) => rows + this.#rowsOf(chars), 0);
  }

  /** Slows down its reading until half of the blocking rows are answered. */
  #full(chars: number): void {
    const ahead = this.#rowsAhead();
    this.#acceptedSince = 0;
    this.#fullRows = this.#origin.inFlightRows + ahead;
    this.#fullPrincipalRows = this.#origin.principal.inFlightRows + ahead;
    this.#wire.overloaded(chars, this.#hasRoom);
  }

  readonly #hasRoom = (): boolean => {
    const { inFlightRows, principal } = this.#origin;
    return inFlightRows < this.#fullRows / 2 || principal.inFlightRows <= this.#fullPrincipalRows / 2;
  };
}
