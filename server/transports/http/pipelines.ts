/**
 * Requests that come on an HTTP connection while one before them is unanswered. One chunk brings hundreds, and Node hands all of them on in the same turn
 * of the event loop; here a few go on in each turn, of all connections together, in order of arrival. A connection with too many of them is ended.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../contracts/clock.js';

const CONTINUED_A_TURN = 4;
/** That wait, of one connection. Browsers send none ahead, and HTTP libraries ten or so where they are told to. */
const MAX_OF_ONE = 64;
/** That wait, of all: a request that waits is some kilobytes. */
const MAX_WAITING = 1_024;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export class Pipelines {
  readonly #clock: Clock;
  readonly #onCut: (socket: Socket, reason: string) => void;
  readonly #waiting: { readonly socket: Socket; readonly handle: () => void }[] = [];
  readonly #ofOne = new WeakMap<Socket, number>();
  #isTicking = false;

  /** @param onCut told of each connection before it is ended. */
  constructor(clock: Clock, onCut: (socket: Socket, reason: string) => void) {
    this.#clock = clock;
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
    if (count > MAX_OF_ONE || this.#waiting.length === MAX_WAITING) {
      this.#onCut(
        socket,
        `more than ${MAX_OF_ONE} requests wait on one connection, or ${MAX_WAITING} on all, for the one before them; send one after the other, or over several connections`,
      );
      socket.destroy();
      return;
    }
    this.#ofOne.set(socket, count);
    this.#waiting.push({ socket, handle });
    this.#tick();
  }

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#clock.immediate(() => {
      this.#isTicking = false;
      let left = CONTINUED_A_TURN;
      while (left > 0) {
        const next = this.#waiting.shift();
        if (next === undefined) return;
        const { socket, handle } = next;
        this.#ofOne.set(socket, (this.#ofOne.get(socket) ?? 1) - 1);
        if (socket.destroyed) continue;
        left -= 1;
        handle();
      }
      if (this.#waiting.length > 0) this.#tick();
    });
  }
}
