/**
 * Requests that come on an HTTP connection while one before them is unanswered. One chunk brings hundreds, and Node hands all of them on in the same turn
 * of the event loop; here a few go on in each turn, of all connections together, in order of arrival. A connection with too many of them is ended.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../contracts/clock.js';
import { Turns } from '../turns.js';

/** That wait, of one connection. Browsers send none ahead, and HTTP libraries ten or so where they are told to. */
const MAX_OF_ONE = 64;
/** That wait, of all: a request that waits is some kilobytes. */
const MAX_WAITING = 1_024;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export class Pipelines {
  readonly #turns: Turns;
  readonly #onCut: (socket: Socket, reason: string) => void;
  readonly #ofOne = new WeakMap<Socket, number>();

  /** @param onCut told of each connection before it is ended. */
  constructor(clock: Clock, onCut: (socket: Socket, reason: string) => void) {
    this.#turns = new Turns(clock);
    this.#onCut = onCut;
  }

  /** Stands before the listeners that the server has when it begins to listen. */
  watch(server: Server): void {
    server.once('listening', () => {
      const listeners = server.listeners('request') as Handle[];
      server.removeAllListeners('request');
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        const handle = (): void => {
          for (const listener of listeners) listener.call(server, request, response);
        };
        // Node gives a response its socket when those before it are written.
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
