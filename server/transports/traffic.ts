/**
 * Counts bytes that servers received and sent, on open and closed connections. Counts at the socket: HTTP, polling and
 * WebSocket alike.
 */

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export class Traffic {
  readonly #open = new Set<Socket>();
  #received = 0;
  #sent = 0;

  /** Counts the connections that this server accepts from now on. */
  watch(server: Pick<Server, 'on'>): void {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#received += socket.bytesRead;
        this.#sent += socket.bytesWritten;
      });
    });
  }

  /** Totals since the start. Bytes a client has not read yet count as sent. */
  read(): { readonly received: number; readonly sent: number } {
    let received = this.#received;
    let sent = this.#sent;
    for (const { bytesRead, bytesWritten } of this.#open) {
      received += bytesRead;
      sent += bytesWritten;
    }
    return { received, sent };
  }
}
