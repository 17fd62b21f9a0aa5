/**
 * Refuses Socket.IO handshakes in HTTP's own words, before engine.io sees them, so that a proxy before several hubs tries the next one:
 * 503 while this hub drains, 404 for a connection that is not its own. 429 for an address that has or makes too many.
 */

import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import { ERRORS, type WireError, wireError } from '../../shared/errors.js';

const RETRY_AFTER_MS = 1_000;

export interface HandshakeGateParts {
  /** Whether this hub has a connection of this id. */
  readonly isOpen: (sid: string) => boolean;
  /** Whether one more connection may be made; undefined to let it in. */
  readonly admit: (request: IncomingMessage) => WireError | undefined;
  /** Told of each connection that is not let in. */
  readonly onRefused: (request: IncomingMessage, error: WireError) => void;
}

export class HandshakeGate {
  readonly #parts: HandshakeGateParts;
  #draining = false;

  constructor(parts: HandshakeGateParts) {
    this.#parts = parts;
  }

  /** Lets in no new connection from now on. */
  shut(): void {
    this.#draining = true;
  }

  /** For engine.io's `use`. On an upgrade `response` is no ServerResponse, and what is written to it goes nowhere. */
  readonly middleware = (request: IncomingMessage, response: unknown, next: () => void): void => {
    const sid = new URL(request.url ?? '/', 'http://hub').searchParams.get('sid') || undefined;
    const { isOpen, admit, onRefused } = this.#parts;
    if (sid !== undefined) {
      if (isOpen(sid)) return next();
      return refuse(
        request,
        response,
        wireError('INVALID_INPUT', 'this hub has no such connection; connect again'),
        404,
      );
    }
    const error = this.#draining
      ? wireError('DRAINING', 'the hub is shutting down; connect again', RETRY_AFTER_MS)
      : admit(request);
    if (error === undefined) return next();
    onRefused(request, error);
    refuse(request, response, error);
  };
}

function refuse(
  request: IncomingMessage,
  response: unknown,
  error: WireError,
  status: number = ERRORS[error.code].status,
): void {
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
