/** The Socket.IO transport: handshake, hello, one {@link Connection} per socket, goaway, drain, close. */

import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { Encoder } from 'socket.io-parser';
import { wireError } from '../../../shared/errors.js';
import type { HubLimits } from '../../../shared/limits.js';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../shared/protocol/events.js';
import { CAPABILITIES, commonProtocol, PROTOCOLS, protocolsOf } from '../../../shared/protocol/versions.js';
import type { Goaway, Hello } from '../../../shared/protocol.js';
import { terminalText } from '../../../shared/terminal-text.js';
import type { Access } from '../../contracts/access.js';
import type { Clock } from '../../contracts/clock.js';
import type { ModelCatalogue } from '../../contracts/door.js';
import type { StreamSubscriptions } from '../../contracts/streams.js';
import type { CutKind, MeterOf, TransportListener } from '../../contracts/transport-events.js';
import type { Hub } from '../../core/hub.js';
import { Authorization } from '../authorization.js';
import type { ClientAddress } from '../client-address.js';
import type { HandshakeGate } from '../handshake/handshake-gate.js';
import { guardHandshakes, type HandshakeOptions } from '../handshake/handshakes.js';
import type { OriginRequest } from '../origin-policy.js';
import { principalOf } from '../principal-key.js';
import type { RequestLimit } from '../request-limit.js';
import type { RequestPolicy } from '../request-policy.js';
import { Turns } from '../turns.js';
import { type EngineIo, Wires } from '../wire/engine.js';
import { Newcomers } from '../wire/newcomers.js';
import { Room } from '../wire/room.js';
import { webSocketServer } from '../wire/web-socket.js';
import type { Wire } from '../wire/wire.js';
import { Connection } from './connection.js';
import { Demand } from './demand.js';
import { ConnectionDrain, type Drainable } from './drain/connection-drain.js';
import { DrainableSocket } from './drain/drainable-socket.js';
import { type HubSocket, Outbox } from './outbox.js';
import { type PacketDecoder, packetDecoder } from './packet-decoder.js';
import { type SessionOptions, Sessions } from './sessions.js';
import { SocketAuth } from './socket-auth.js';
import { handleEvents } from './socket-events.js';
import { VIEW_EVENTS, ViewRequests } from './view-requests.js';

export interface SocketIoOptions extends SessionOptions, HandshakeOptions {
  readonly limits: HubLimits;
  /** Unread bytes of a connection above which its requests are not read. @default 1 MiB */
  readonly maxOutboxBytes: number;
  /** Maximum binary attachments per event. @default 64 */
  readonly maxAttachments: number;
  readonly meterOf?: MeterOf | undefined;
}

export interface SocketIoParts {
  readonly hub: Hub;
  readonly subscriptions: StreamSubscriptions;
  readonly clock: Clock;
  readonly http: HttpServer;
  readonly policy: RequestPolicy;
  readonly access: Access;
  readonly addresses: ClientAddress;
  readonly requestLimit: RequestLimit;
  readonly catalogue: Pick<ModelCatalogue, 'offer' | 'standard'>;
  readonly listener: TransportListener;
  readonly options: SocketIoOptions;
}

/** Wires cut connections that do not join; Socket.IO's own timer would miss one that left again. */
const CONNECT_TIMEOUT_MS = 60_000;
const EVENTS: ReadonlySet<string> = new Set(['predict', 'cancel', ...VIEW_EVENTS]);
/** Connections leave a draining hub one by one, so that they do not all reach another hub at once. */
const SPREAD_MS_PER_SOCKET = 5;
/** Advised delay for a client that was cut for what it sent, in milliseconds. */
const LAST_WORD_RETRY_MS = 5_000;
/** How long a plain client that keeps asking may keep its connection, in milliseconds. */
const PATIENCE_MS = 1_000;

export class SocketIoTransport {
  readonly #parts: SocketIoParts;
  readonly #io: Server<ClientToServerEvents, ServerToClientEvents>;
  readonly #sessions: Sessions;
  readonly #auth: SocketAuth;
  readonly #wires: Wires;
  #slowConnections = 0;
  readonly #gate: HandshakeGate;
  readonly #departures: ConnectionDrain;
  readonly #leavers = new Set<DrainableSocket>();
  /** What clients were told when the drain started. */
  #goaway: Goaway | undefined;

  constructor(parts: SocketIoParts) {
    const { hub, clock, http, policy, addresses, options, listener } = parts;
    const { limits, maxAttachments } = options;
    this.#parts = parts;
    this.#sessions = new Sessions(hub, clock, options);
    this.#io = new Server(http, {
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: limits.maxFrameBytes,
      wsEngine: webSocketServer(limits.maxFrameBytes),
      connectTimeout: CONNECT_TIMEOUT_MS,
      perMessageDeflate: false,
      httpCompression: false,
      serveClient: false,
      parser: {
        Encoder,
        Decoder: packetDecoder({
          ...limits,
          maxAttachments,
          events: EVENTS,
          clock,
          onForeignNamespace: (wire, namespace) => {
            const reason = `there is no namespace ${terminalText(namespace)}; connect to the hub's address without a path, such as io('https://hub.example')`;
            const address = wire === undefined ? '' : addresses.of(wire.request);
            listener({ type: 'misdirected', kind: 'namespace', address, reason });
          },
          wire: () => this.#wires.opening,
        }),
      },
      cors: (request: Pick<OriginRequest, 'headers'>, done: (error: null, options: { origin: boolean }) => void) =>
        done(null, { origin: policy.origins.allows(request as OriginRequest) }),
    });
    const wireParts = {
      clock,
      turns: new Turns(clock),
      room: new Room(clock),
      newcomers: new Newcomers(clock),
      options,
      onCut: (wire: Wire, kind: CutKind, reason: string) => {
        if (kind === 'slow') this.#slowConnections += 1;
        listener({ type: 'cut', kind, address: addresses.of(wire.request), reason });
      },
    };
    this.#wires = new Wires(this.#io.engine as unknown as EngineIo, wireParts, limits.maxFrameBytes);
    this.#gate = guardHandshakes(this.#io.engine, { clock, http, addresses, policy, listener, options });
    this.#departures = new ConnectionDrain(clock, Math.random);
    this.#auth = new SocketAuth(parts.access, clock, ({ request }, { code, message: reason }) =>
      listener({ type: 'rejected', address: addresses.of(request), code, reason }),
    );
    this.#io.use(this.#auth.middleware);
    this.#io.on('connection', (socket) => {
      try {
        this.#connect(socket);
      } catch (cause) {
        listener({ type: 'fault', where: 'connection', cause });
      }
    });
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#io.engine.clientsCount;
  }

  /** Open connections by transport. */
  get connectionsByTransport(): Readonly<Record<'websocket' | 'polling', number>> {
    const counts = { websocket: 0, polling: 0 };
    for (const { conn } of this.#io.of('/').sockets.values())
      counts[conn.transport.name === 'websocket' ? 'websocket' : 'polling'] += 1;
    return counts;
  }

  /** Connections cut since the start because the client did not read. */
  get slowConnections(): number {
    return this.#slowConnections;
  }

  /** Tells every client that the hub drains, and how long it keeps serving; refuses new connections. */
  goaway(graceMs: number): void {
    this.#gate.shut();
    this.#goaway = { reason: 'draining', graceMs };
    this.#io.local.emit('goaway', this.#goaway);
  }

  /** Closes existing connections, each once everything it asked is answered; gives up at the deadline. */
  seeOff(deadline: number, which: 'polling' | 'all'): Promise<void> {
    const leftMs = Math.max(0, deadline - this.#parts.clock.now());
    const present = (): Drainable[] => [
      ...[...this.#leavers].filter(({ polls }) => polls || which === 'all'),
      ...[...this.#wires.all].filter(({ hasJoined }) => !hasJoined).map((wire) => wire.drainable),
    ];
    return this.#departures.run(present, {
      spreadMs: Math.min(present().length * SPREAD_MS_PER_SOCKET, leftMs / 2),
      patienceMs: Math.min(PATIENCE_MS, leftMs / 4),
      deadline,
    });
  }

  /** Ends every connection and every session immediately. */
  close(): void {
    this.#io.engine.close();
    for (const wire of this.#wires.all) wire.destroy();
    this.#sessions.close();
    this.#io.removeAllListeners();
  }

  #connect(socket: HubSocket): void {
    const { hub, subscriptions, clock, listener, catalogue, options, addresses, requestLimit } = this.#parts;
    const grant = this.#auth.grantOf(socket);
    const authorization = new Authorization(grant, catalogue);
    const auth: unknown = socket.handshake.auth;
    const named = typeof auth === 'object' && auth !== null && 'session' in auth ? auth.session : undefined;
    const caller = principalOf(grant, addresses.of(socket.request));
    const { session, resumed } = this.#sessions.open(named, caller);
    const connectionId = (socket.conn as unknown as { readonly id: string }).id;
    let reason: string | undefined;
    const wire = this.#wires.of(socket.conn);
    wire.joined();
    wire.meter = caller.key === undefined ? undefined : options.meterOf?.(caller.key);
    const outbox = new Outbox(socket, wire);
    wire.lastWord = (kind, message) =>
      outbox.emit(
        'closing',
        wireError(kind === 'too-large' ? 'TOO_LARGE' : 'RATE_LIMITED', message, LAST_WORD_RETRY_MS),
      );
    const close = (why: string): void => {
      reason = why;
      socket.disconnect(true);
    };
    const sessionName = session.origin.resumes ? session.id : undefined;
    const mayAsk = requestLimit.isOn ? () => requestLimit.ofConnection(connectionId, sessionName) : undefined;
    const demand = new Demand({ hub, session, wire, mayAsk });
    decoderOf(socket).gate = demand.gate;
    const connection = new Connection({ hub, session, outbox, authorization, demand, wire, close });
    session.attach(connection);
    const drainable = new DrainableSocket(socket, session, connection);
    this.#leavers.add(drainable);
    const { seesModel, seesStream } = authorization;
    const audience = authorization.isLimited ? { seesModel, seesStream, usage: session.origin.principal } : undefined;
    const views = subscriptions.views(outbox, audience);
    const viewRequests = new ViewRequests({
      subscriptions,
      views,
      authorization,
      refused: (error) => {
        wire.faulty();
        hub.noteRefusal(error, session.origin);
      },
    });

    const hello: Hello = {
      // A client whose range does not meet the hub's was refused before.
      protocol: commonProtocol(PROTOCOLS, protocolsOf(auth) ?? PROTOCOLS) ?? PROTOCOLS[1],
      protocols: PROTOCOLS,
      capabilities: CAPABILITIES,
      session: session.id,
      limits: options.limits,
      ...catalogue.offer(authorization.isLimited ? authorization.seesModel : undefined),
    };
    outbox.emit('hello', hello);
    // Its handshake preceded the drain.
    if (this.#goaway !== undefined) outbox.emit('goaway', this.#goaway);
    const address = addresses.of(socket.request);
    const connectedAt = clock.now();
    const ids = { socket: socket.id, session: session.id.slice(0, 8) };
    listener({
      type: 'connected',
      ...ids,
      resumed,
      address,
      via: socket.conn.transport.name,
      ...(grant.name !== '' && { key: grant.name }),
    });

    const forgetGrant = this.#auth.watch(grant, authorization, {
      tell: (error) => outbox.emit('closing', error),
      close: ({ message }) => {
        reason = message;
        drainable.close();
      },
      destroy: () => drainable.destroy(),
    });
    const disconnected = (why: string): void => {
      forgetGrant();
      views.close();
      wire.lastWord = undefined;
      if (wire.isOpen) wire.left();
      this.#leavers.delete(drainable);
      this.#sessions.release(session, connection, why === 'client namespace disconnect');
      listener({
        type: 'disconnected',
        ...ids,
        reason: reason ?? wire.cutMessage ?? why,
        requests: connection.requests,
        lastedMs: Math.round(clock.now() - connectedAt),
      });
    };
    const fault = (where: string, cause: unknown): void => listener({ type: 'fault', where, cause });
    handleEvents(socket, { connection, views: viewRequests, disconnected, fault });
  }
}

/** Socket.IO creates one per connection, and keeps it private. */
function decoderOf({ client }: HubSocket): PacketDecoder {
  return (client as unknown as { readonly decoder: PacketDecoder }).decoder;
}
