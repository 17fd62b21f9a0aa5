/** REST as a door. */

import type { DoorParts } from '../../contracts/door.js';
import type { Hub } from '../../core/hub.js';
import type { HttpDoor, HttpPlace } from '../http-place.js';
import { addRest } from './rest.js';

export class RestDoor implements HttpDoor {
  readonly name = 'rest';
  /** HTTP keeps none that stands for a caller. */
  readonly connections = 0;

  async open({ place, ...parts }: DoorParts<HttpPlace, Hub>): Promise<undefined> {
    addRest(place.app, { ...parts, ...place, access: place.grants });
  }

  /** Its requests are the hub's to finish. */
  async close(): Promise<void> {}
}
