/** What a caller may do, checked for each request by a few property reads. */

import { type WireError, wireError } from '../../shared/errors.js';
import type { Rights, Scope } from '../contracts/access.js';

/** Why these rights do not allow a `predict`; naming a stream also requires the right to publish. */
export function refusePredict(rights: Rights, stream: string | undefined): WireError | undefined {
  if (!rights.predict) return lacks('predict');
  return stream === undefined || rights.publish ? undefined : lacks('publish');
}

export function lacks(scope: Scope | 'predict or subscribe'): WireError {
  return wireError('FORBIDDEN', `this token has not the scope ${scope}`);
}

/** The authorization of one connection. It may end before the connection does. */
export class Authorization {
  readonly #rights: Rights;
  #over: WireError | undefined;

  constructor(rights: Rights) {
    this.#rights = rights;
  }

  predict(stream: string | undefined): WireError | undefined {
    return this.#over ?? refusePredict(this.#rights, stream);
  }

  view(): WireError | undefined {
    return this.#over ?? (this.#rights.subscribe ? undefined : lacks('subscribe'));
  }

  end(error: WireError): void {
    this.#over = error;
  }
}
