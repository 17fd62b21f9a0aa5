/**
 * One Socket.IO connection as seen by {@link ConnectionDrain}. Closes it so that a stock client reconnects by itself.
 */

import type { Connection } from '../connection.js';
import type { HubSocket } from '../outbox.js';
import type { Session } from '../session.js';
import type { Drainable } from './connection-drain.js';

/** What engine.io's types hide; `socket` exists over WebSocket. */
interface WireTransport {
  readonly name: string;
  readonly socket?: { readonly readyState: number; terminate(): void };
}

const WEBSOCKET_CLOSED = 3;

export class DrainableSocket implements Drainable {
  readonly #conn: HubSocket['conn'];
  readonly #session: Session;
  readonly #connection: Connection;

  constructor(socket: HubSocket, session: Session, connection: Connection) {
    this.#conn = socket.conn;
    this.#session = session;
    this.#connection = connection;
  }

  get resends(): boolean {
    return this.#session.origin.resumes;
  }

  get inFlight(): number {
    return this.#session.origin.requests.size;
  }

  get requests(): number {
    return this.#connection.requests;
  }

  /** It polls, and so needs new TCP connections now and then. */
  get polls(): boolean {
    return this.#transport.name === 'polling';
  }

  get gone(): boolean {
    if (this.#conn.readyState !== 'closed') return false;
    const { socket } = this.#transport;
    // engine.io drops a WebSocket before the client has completed the close.
    return socket === undefined || socket.readyState === WEBSOCKET_CLOSED;
  }

  stopReading(): void {
    this.#connection.stopReading();
  }

  /** Closes the connection rather than the Socket.IO socket: a disconnect packet keeps a stock client away for good. */
  close(): void {
    this.#conn.close();
  }

  destroy(): void {
    this.#conn.close(true);
    this.#transport.socket?.terminate();
  }

  get #transport(): WireTransport {
    return this.#conn.transport as unknown as WireTransport;
  }
}
