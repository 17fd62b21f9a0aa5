/**
 * One connection's load on the hub: decides which requests are refused unread, because they are too many or, on a busy
 * hub, judging by those that were parsed and refused before, and when a connection paused for that is read again.
 */

import type { WireError } from '../../../shared/errors.js';
import type { Hub } from '../../core/hub.js';
import type { Origin } from '../../core/requests/request.js';
import type { Wire } from '../wire/wire.js';
import type { Gate } from './packet-decoder.js';
import type { Session } from './session.js';
import { idOf } from './unread-id.js';

/** Relative difference in length within which two events are assumed to have the same number of rows. */
const SAME_LENGTH = 1 / 8;
/** After this many consecutive acceptances, requests are no longer checked before parsing. */
const UNREFUSED = 64;
/** Requests that a client may send again on one connection, and that are read before they are refused: twice the credit, as it is by default. */
const MAX_RESENT = 2_048;

export interface DemandParts {
  readonly hub: Hub;
  readonly session: Session;
  readonly wire: Wire;
  /** Counts one request; answers why it is one too many. Undefined: none is. */
  readonly mayAsk: (() => WireError | undefined) | undefined;
}

export class Demand {
  readonly #parts: DemandParts;
  readonly #origin: Origin;
  #resent = 0;
  /** The request that was read and refused last, and what the next ones are taken for. */
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

  constructor(parts: DemandParts) {
    this.#parts = parts;
    this.#origin = parts.session.origin;
  }

  /** Called for each event before it is parsed, so that excess ones cost next to nothing. */
  readonly gate: Gate = (event, chunk, attachments) => {
    if (event === 'cancel') return undefined;
    const { session, mayAsk } = this.#parts;
    let refusal: WireError | undefined;
    // It may be a re-send of one in flight, which is not an excess.
    if (session.mayRecall && this.#resent < MAX_RESENT) this.#resent += 1;
    else refusal = mayAsk?.() ?? (event === 'predict' ? this.#refuses(chunk, attachments) : undefined);
    if (event === 'predict' && refusal === undefined) this.#reading.push(attachments > 0 ? 0 : chunk.length);
    return refusal;
  };

  /** Why a request need not be read. */
  #refuses(chunk: string, attachments: number): WireError | undefined {
    if (this.#refused === undefined) return undefined;
    const rows = this.#rowsOf(attachments > 0 ? 0 : chunk.length);
    const known = { rows, aheadRows: this.#rowsAhead(), id: idOf(chunk) };
    const error = this.#parts.hub.refusesNow(this.#origin, known);
    // Now, and not when it is answered: the rest of its chunk waits then, instead of being refused.
    if (error !== undefined) this.#full(chunk.length);
    return error;
  }

  /** The first of those that are being read has come to be handled; its characters. */
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
    this.#parts.wire.overloaded(chars, this.#hasRoom);
  }

  readonly #hasRoom = (): boolean => {
    const { inFlightRows, principal } = this.#origin;
    return inFlightRows < this.#fullRows / 2 || principal.inFlightRows <= this.#fullPrincipalRows / 2;
  };
}
