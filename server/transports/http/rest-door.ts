/** REST as a door. */

import type { DoorParts } from '../../contracts/door.js';
import type { MeterOf } from '../../contracts/transport-events.js';
import type { Hub } from '../../core/hub.js';
import type { HttpDoor, HttpPlace } from '../http-place.js';
import { meterBodies } from './meter-bodies.js';
import { addRest } from './rest.js';

export class RestDoor implements HttpDoor {
  readonly name = 'rest';
  /** No HTTP connection stands for a caller. */
  readonly connections = 0;

  readonly #meterOf: MeterOf | undefined;

  /** @param meterOf counts the bytes of each key; undefined: they are not counted. */
  constructor(meterOf?: MeterOf) {
    this.#meterOf = meterOf;
  }

  async open({ place, ...parts }: DoorParts<HttpPlace, Hub>): Promise<undefined> {
    addRest(place.app, { ...parts, ...place, access: place.grants });
    if (this.#meterOf !== undefined) meterBodies(place.app, place.grants, this.#meterOf);
  }

  /** The hub finishes its requests. */
  async close(): Promise<void> {}
}
