/** Everything in front of engine.io's handshakes: their ids, the gate, limits by address, and flood protection. */

import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';
import { wireError } from '../../../shared/errors.js';
import type { Clock } from '../../contracts/clock.js';
import type { TransportListener } from '../../contracts/transport-events.js';
import type { ClientAddress } from '../client-address.js';
import type { RequestPolicy } from '../request-policy.js';
import { type ConnectLimitOptions, ConnectLimits } from './connect-limits.js';
import { connectionId } from './connection-id.js';
import { DirectClients } from './direct-clients.js';
import { FloodGuard } from './flood-guard.js';
import { HandshakeGate } from './handshake-gate.js';
import { HandshakeTurns } from './handshake-turns.js';

export interface HandshakeParts {
  readonly clock: Clock;
  readonly http: HttpServer;
  readonly addresses: ClientAddress;
  readonly policy: RequestPolicy;
  readonly listener: TransportListener;
  readonly options: HandshakeOptions;
}

export interface HandshakeOptions extends ConnectLimitOptions {
  /** Maximum connections; a polling client has one without holding a TCP connection. */
  readonly maxConnections: number;
}

/** Fixed, since nobody knows when a connection will end; in milliseconds. */
const FULL_RETRY_MS = 5_000;

/** What is used of engine.io, which hides its table of connections from TypeScript and types each as any. */
interface Engine {
  readonly clients: Readonly<Record<string, unknown>>;
  readonly clientsCount: number;
  generateId: (request: IncomingMessage) => string;
}
interface EngineConnection {
  readonly request: IncomingMessage;
  once(event: 'close', run: () => void): void;
}

export function guardHandshakes(server: Server['engine'], parts: HandshakeParts): HandshakeGate {
  const { clock, http, addresses, policy, listener, options } = parts;
  const engine = server as unknown as Engine;
  const isOpen = (sid: string): boolean => Object.hasOwn(engine.clients, sid);
  engine.generateId = ({ headers }) => connectionId(headers, isOpen);
  const limits = new ConnectLimits(options, clock);
  const clients = new DirectClients(addresses, (address) => listener({ type: 'proxy', address }));
  const full = wireError(
    'OVERLOADED',
    `the hub has ${options.maxConnections} connections; see --max-connections`,
    FULL_RETRY_MS,
  );
  const guard = new FloodGuard(addresses, clock);
  guard.watch(http, (address) => {
    const reason = 'this address goes on connecting after it was refused many times; it is not heard for a second';
    listener({ type: 'rejected', address, code: 'RATE_LIMITED', reason });
  });
  const turns = new HandshakeTurns(clock);
  const gate = new HandshakeGate({
    refuse: (request) => policy.refuse(request),
    isOpen,
    overLimit: (request) =>
      engine.clientsCount < options.maxConnections
        ? limits.overLimit(addresses.of(request), clients.has(request))
        : full,
    inTurn: (make) => turns.take(make),
    onMisdirected: (request, kind, reason) =>
      listener({ type: 'misdirected', kind, address: addresses.of(request), reason }),
    onRefused: (request, { code, message: reason }) => {
      if (code === 'RATE_LIMITED') guard.refused(request);
      listener({ type: 'rejected', address: addresses.of(request), code, reason });
    },
  });
  // Counted before it joins, since one that never joins is a connection too.
  server.on('connection', (connection: EngineConnection) => {
    connection.once('close', limits.opened(addresses.of(connection.request)));
  });
  server.use(gate.middleware);
  return gate;
}
