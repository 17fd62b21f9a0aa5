/** What a handler is given in place of an event's payload that cannot be read, or that is not to be parsed. */

import type { WireError } from '../../../shared/errors.js';
import type { RequestId } from '../../../shared/protocol.js';

/** Stands where the payload of an event would. */
export class Unreadable {
  readonly error: WireError;
  /** Of the request, where it could be told without reading all of it. */
  readonly id: RequestId | undefined;
  /** The gate let it through before that was found. */
  readonly wasLetIn: boolean;

  constructor(error: WireError, id?: RequestId, wasLetIn = false) {
    this.error = error;
    this.id = id;
    this.wasLetIn = wasLetIn;
  }
}

/** The event by which a connection is told of one whose name could not be read, or is none of the hub's. */
export const UNREADABLE = '#unreadable';
