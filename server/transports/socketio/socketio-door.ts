/** Socket.IO as a door. */

import type { DoorParts } from '../../contracts/door.js';
import type { Hub } from '../../core/hub.js';
import type { HttpDoor, HttpPlace } from '../http-place.js';
import { type SocketIoOptions, SocketIoTransport } from './socketio.js';

export class SocketIoDoor implements HttpDoor {
  readonly name = 'socketio';
  readonly #options: Omit<SocketIoOptions, 'limits'>;
  #transport: SocketIoTransport | undefined;

  constructor(options: Omit<SocketIoOptions, 'limits'>) {
    this.#options = options;
  }

  get connections(): number {
    return this.#transport?.connections ?? 0;
  }

  /** Open connections by transport. */
  get connectionsByTransport(): Readonly<Record<'websocket' | 'polling', number>> {
    return this.#transport?.connectionsByTransport ?? { websocket: 0, polling: 0 };
  }

  /** Connections cut since the start because the client did not read. */
  get slowConnections(): number {
    return this.#transport?.slowConnections ?? 0;
  }

  async open({ place, catalogue, limits, ...parts }: DoorParts<HttpPlace, Hub>): Promise<undefined> {
    place.claim('/socket.io/');
    const options = { ...this.#options, limits };
    this.#transport = new SocketIoTransport({ ...parts, ...place, http: place.server, catalogue, options });
  }

  goaway(graceMs: number): void {
    this.#transport?.goaway(graceMs);
  }

  async seeOff(deadline: number, which: 'polling' | 'all'): Promise<void> {
    await this.#transport?.seeOff(deadline, which);
  }

  async close(): Promise<void> {
    this.#transport?.close();
  }
}
