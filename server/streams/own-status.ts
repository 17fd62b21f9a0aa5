/** The hub's status for a caller that is shown certain names only: its own part, and nothing of what others do. */

import { modelNameOf } from '../../shared/parse.js';
import type { HubStatus } from '../../shared/stream-protocol.js';
import type { Audience } from '../contracts/streams.js';

export class OwnStatus {
  readonly #audience: Audience;
  #at: number;
  #predicted: number;

  /** @param now on the hub's clock, in milliseconds. */
  constructor(audience: Audience, now: number) {
    this.#audience = audience;
    this.#at = now;
    this.#predicted = audience.usage.predicted;
  }

  /** Its part since the last call. */
  of({ at, version, uptimeSeconds, state, models, streams }: HubStatus, now: number): HubStatus {
    const { seesModel, seesStream, usage } = this.#audience;
    const seconds = Math.max((now - this.#at) / 1000, 0.001);
    const predicted = usage.predicted - this.#predicted;
    this.#at = now;
    this.#predicted = usage.predicted;
    const own = streams.filter(({ stream }) => seesStream(stream));
    return {
      at,
      version,
      uptimeSeconds,
      state,
      predictionsPerSecond: Math.round((10 * predicted) / seconds) / 10,
      queuedRows: usage.inFlightRows,
      inFlight: usage.inFlight,
      connections: usage.origins,
      viewers: own.reduce((sum, { viewers }) => sum + viewers, 0),
      models: models.filter(({ model }) => seesModel(modelNameOf(model))),
      streams: own,
    };
  }
}
