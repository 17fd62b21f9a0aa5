/** Replaces an event's payload that cannot be parsed, or must not be. */

import type { WireError } from '../../../shared/errors.js';
import type { RequestId } from '../../../shared/protocol.js';

/** Stands in for the payload of an event. */
export class Unreadable {
  readonly error: WireError;
  /** The request's id, if it could be found without parsing everything. */
  readonly id: RequestId | undefined;
  /** The gate accepted it before that was found. */
  readonly wasLetIn: boolean;

  constructor(error: WireError, id?: RequestId, wasLetIn = false) {
    this.error = error;
    this.id = id;
    this.wasLetIn = wasLetIn;
  }
}

/** The event that tells a connection about one whose name is unreadable or unknown. */
export const UNREADABLE = '#unreadable';
