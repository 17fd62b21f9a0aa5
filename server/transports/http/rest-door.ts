/** REST as a door. */

import type { DoorParts } from '../../contracts/door.js';
import type { Hub } from '../../core/hub.js';
import type { HttpDoor, HttpPlace } from '../http-place.js';
import { addRest } from './rest.js';

export class RestDoor implements HttpDoor {
  readonly name = 'rest';
  /** No HTTP connection stands for a caller. */
  readonly connections = 0;

  async open({ place, ...parts }: DoorParts<HttpPlace, Hub>): Promise<undefined> {
    addRest(place.app, { ...parts, ...place, access: place.grants });
  }

  /** The hub finishes its requests. */
  async close(): Promise<void> {}
}
