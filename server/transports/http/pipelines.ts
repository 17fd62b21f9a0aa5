/**
 * Bounds pipelined HTTP requests. One chunk may bring hundreds, and Node emits all of them in one event-loop turn; here
 * a few proceed per turn, of all connections together, in order of arrival. A connection with too many is cut.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../contracts/clock.js';
import { Turns } from '../turns.js';

/**
 * Maximum waiting requests per connection. Browsers do not pipeline, and HTTP libraries send ten or so if configured
 * to.
 */
const MAX_OF_ONE = 64;
/** Maximum waiting requests in all: each takes some kilobytes. */
const MAX_WAITING = 1_024;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export class Pipelines {
  readonly #turns: Turns;
  readonly #onCut: (socket: Socket, reason: string) => void;
  readonly #ofOne = new WeakMap<Socket, number>();

  /** @param onCut called for each connection before it is cut. */
  constructor(clock: Clock, onCut: (socket: Socket, reason: string) => void) {
    this.#turns = new Turns(clock);
    this.#onCut = onCut;
  }

  /** Runs before the listeners that the server has when it starts listening. */
  watch(server: Server): void {
    server.once('listening', () => {
      const listeners = server.listeners('request') as Handle[];
      server.removeAllListeners('request');
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        const handle = (): void => {
          for (const listener of listeners) listener.call(server, request, response);
        };
        // Node assigns a response its socket once the earlier ones are written.
        if (response.socket !== null) handle();
        else this.#wait(request.socket, handle);
      });
    });
  }

  #wait(socket: Socket, handle: () => void): void {
    if (socket.destroyed) return;
    const count = 1 + (this.#ofOne.get(socket) ?? 0);
    if (count > MAX_OF_ONE || this.#turns.waiting === MAX_WAITING) {
      this.#onCut(
        socket,
        `more than ${MAX_OF_ONE} requests wait on one connection, or ${MAX_WAITING} on all, for the one before them; send one after the other, or over several connections`,
      );
      socket.destroy();
      return;
    }
    this.#ofOne.set(socket, count);
    this.#turns.wait(() => {
      this.#ofOne.set(socket, (this.#ofOne.get(socket) ?? 1) - 1);
      if (socket.destroyed) return false;
      handle();
      return true;
    });
  }
}
