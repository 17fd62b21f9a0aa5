/**
 * What one connection asks of the hub: which requests need not be read to be refused, because they are too many or, at a busy hub, by those that
 * were read and refused before them; and when a connection that was paused for it is read again.
 */

import type { WireError } from '../../../shared/errors.js';
import type { Hub } from '../../core/hub.js';
import type { Origin } from '../../core/requests/request.js';
import type { Wire } from '../wire/wire.js';
import type { Gate } from './packet-decoder.js';
import type { Session } from './session.js';
import { idOf } from './unread-id.js';

/** An event whose text is so much longer or shorter than another, as a part of it, has as many rows: a guess. */
const SAME_LENGTH = 1 / 8;
/** So many in a row are accepted, and requests are not looked at before they are read any more. */
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
  /** Accepted since one was refused. */
  #acceptedSince = 0;
  /** Characters of those that are being read: a chunk is read to its end before the first of them is handled. 0 for one with attachments. */
  readonly #reading: number[] = [];
  /** Rows in flight when one was refused last, its own and those of its principal. */
  #fullRows = 0;
  #fullPrincipalRows = 0;

  constructor(parts: DemandParts) {
    this.#parts = parts;
    this.#origin = parts.session.origin;
  }

  /** Asked of each event before it is read, so that one too many costs next to nothing. */
  readonly gate: Gate = (event, chunk, attachments) => {
    if (event === 'cancel') return undefined;
    const { session, mayAsk } = this.#parts;
    let refusal: WireError | undefined;
    // It may be one that is in flight, and then it is none too many.
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

  /** One that was read had to be refused because the hub is busy. */
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

  /** It is read more slowly, and on when half of what stood in the way is answered. */
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
