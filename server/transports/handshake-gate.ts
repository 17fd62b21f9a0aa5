/**
 * Refuses Socket.IO handshakes in HTTP's own words, before engine.io sees them, so that a proxy before several hubs tries the next one:
 * 503 while this hub drains, 404 for a connection that is not its own.
 */

import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import { type WireError, wireError } from '../../shared/errors.js';

const RETRY_AFTER_MS = 1_000;

export class HandshakeGate {
  readonly #isOpen: (sid: string) => boolean;
  readonly #onRefused: (request: IncomingMessage, error: WireError) => void;
  #draining = false;

  /** `isOpen`: whether this hub has a connection of this id. `onRefused`: told of each connection that is not let in. */
  constructor(isOpen: (sid: string) => boolean, onRefused: (request: IncomingMessage, error: WireError) => void) {
    this.#isOpen = isOpen;
    this.#onRefused = onRefused;
  }

  /** Lets in no new connection from now on. */
  shut(): void {
    this.#draining = true;
  }

  /** For engine.io's `use`. On an upgrade `response` is no ServerResponse, and what is written to it goes nowhere. */
  readonly middleware = (request: IncomingMessage, response: unknown, next: () => void): void => {
    const sid = new URL(request.url ?? '/', 'http://hub').searchParams.get('sid') || undefined;
    if (sid === undefined ? !this.#draining : this.#isOpen(sid)) next();
    else if (sid === undefined) {
      const error = wireError('DRAINING', 'the hub is shutting down; connect again', RETRY_AFTER_MS);
      this.#onRefused(request, error);
      refuse(request, response, 503, error);
    } else refuse(request, response, 404, wireError('INVALID_INPUT', 'this hub has no such connection; connect again'));
  };
}

function refuse(request: IncomingMessage, response: unknown, status: number, error: WireError): void {
  const body = JSON.stringify({ error });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...(error.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
  };
  if (response instanceof ServerResponse) {
    response.writeHead(status, headers).end(body);
    return;
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  request.socket.on('error', () => undefined);
  request.socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
