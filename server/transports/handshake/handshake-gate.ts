/**
 * Refuses Socket.IO requests at HTTP level, before engine.io sees them, so that a proxy in front of several hubs tries
 * the next: 503 while this hub drains, 404 for a connection of another hub. Also 429 for an address with too many
 * connections, and 403 for a page that may not use the hub, at every request: engine.io checks only handshakes.
 */

import { type IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type WireError, wireError } from '../../../shared/errors.js';
import type { MisdirectedKind } from '../../contracts/transport-events.js';
import { jsonHeaders, rawAnswer } from '../raw-answer.js';

const RETRY_AFTER_MS = 1_000;

export interface HandshakeGateParts {
  /** Why a request is refused, handshake or not. */
  readonly refuse: (request: IncomingMessage) => WireError | undefined;
  /** Whether this hub has a connection with this id. */
  readonly isOpen: (sid: string) => boolean;
  /** Whether one more connection may be opened; undefined to accept it. */
  readonly overLimit: (request: IncomingMessage) => WireError | undefined;
  /** Calls `make` now or in a later turn; false when too many handshakes are waiting. */
  readonly inTurn: (make: () => void) => boolean;
  /** Called for each request of a client that cannot be served here, whoever sends it. */
  readonly onMisdirected: (request: IncomingMessage, kind: MisdirectedKind, reason: string) => void;
  /** Called for each refused connection. */
  readonly onRefused: (request: IncomingMessage, error: WireError) => void;
}

export class HandshakeGate {
  readonly #parts: HandshakeGateParts;
  #draining = false;

  constructor(parts: HandshakeGateParts) {
    this.#parts = parts;
  }

  /** Accepts no new connections from now on. */
  shut(): void {
    this.#draining = true;
  }

  /** For engine.io's `use`. On an upgrade `response` is not a ServerResponse, and writes to it are lost. */
  readonly middleware = (request: IncomingMessage, response: unknown, next: () => void): void => {
    const query = queryOf(request);
    const { isOpen, overLimit, inTurn, onMisdirected, onRefused } = this.#parts;
    const foreign = this.#parts.refuse(request) ?? ('j' in query ? NO_JSONP : undefined);
    if (foreign !== undefined) {
      onRefused(request, foreign);
      return refuse(request, response, foreign);
    }
    if (query.EIO !== ENGINE_IO) {
      const older = wireError('INVALID_INPUT', olderProtocol(query.EIO));
      onMisdirected(request, 'protocol', older.message);
      return refuse(request, response, older);
    }
    const sid = query.sid || undefined;
    if (sid !== undefined) {
      if (isOpen(sid)) return next();
      onMisdirected(request, 'connection', ELSEWHERE);
      return refuse(request, response, NO_CONNECTION, 404);
    }
    let waits = true;
    const make = (): void => {
      waits = false;
      // A client that has left meanwhile needs no connection.
      if (request.socket.destroyed) return;
      const error = this.#draining
        ? wireError('DRAINING', 'the hub is shutting down; connect again', RETRY_AFTER_MS)
        : overLimit(request);
      if (error === undefined) return next();
      onRefused(request, error);
      refuse(request, response, error);
    };
    if (!inTurn(make)) {
      onRefused(request, CROWDED);
      refuse(request, response, CROWDED);
    }
    // Nobody else listens to the socket of a waiting upgrade, and a reset of it would crash the hub.
    if (waits && !(response instanceof ServerResponse)) request.socket.on('error', () => undefined);
  };
}

const CROWDED = wireError('OVERLOADED', 'too many connect at once; connect again', RETRY_AFTER_MS);

/** The version of Engine.IO, in the query of every request, of Socket.IO 3 and 4. */
const ENGINE_IO = '4';

function olderProtocol(version = ''): string {
  const spoken = /^\d$/.test(version) ? `Engine.IO ${version}` : 'no known Engine.IO';
  return `the client speaks ${spoken}, and the hub 4: use a client of Socket.IO 3 or 4 (for other languages see docs/clients.md)`;
}

const NO_CONNECTION = wireError('INVALID_INPUT', 'this hub has no such connection; connect again');
const ELSEWHERE =
  'a request belongs to a connection that this process does not have: usual after a restart; otherwise several processes or pods share this address, and each client must stay with one (sticky sessions), or use WebSocket alone';

const NO_JSONP = wireError('FORBIDDEN', 'polling by script (j) is no road to this hub; poll without it');

/** As engine.io parses it: the last of repeated names wins. */
function queryOf({ url = '/' }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(url, 'http://hub').searchParams);
}

function refuse(
  request: IncomingMessage,
  response: unknown,
  error: WireError,
  status: number = ERRORS[error.code].status,
): void {
  const body = JSON.stringify({ error });
  const again: Readonly<Record<string, string>> =
    error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) };
  if (response instanceof ServerResponse) {
    response.writeHead(status, { ...jsonHeaders(body), ...again }).end(body);
    return;
  }
  request.socket.on('error', () => undefined);
  request.socket.end(rawAnswer(status, body, again));
}
