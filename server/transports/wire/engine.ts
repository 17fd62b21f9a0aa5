/**
 * The wires of an engine.io server: one per connection, created with the first transport and kept until nothing of it
 * is left. Replaces one method of the server and one of each transport; test/e2e/hostile.test.ts fails when they
 * change.
 */

import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type PollingTransport, PollingValve } from './polling.js';
import type { Valve } from './valve.js';
import type { HubWebSocket } from './web-socket.js';
import { type EngineConnection, sizeOf, Wire, type WireParts } from './wire.js';

/** What engine.io makes of a request. */
export interface EngineRequest extends IncomingMessage {
  readonly _query?: Readonly<Record<string, string>>;
  readonly websocket?: HubWebSocket;
}

interface Packet {
  readonly type: string;
  readonly data?: unknown;
}

interface EngineTransport extends EventEmitter {
  readonly name: string;
  onPacket(packet: Packet): void;
  close(): void;
}

/** What is used of the server, which hides some of it from TypeScript. */
export interface EngineIo extends EventEmitter {
  readonly clients: Readonly<Record<string, EngineConnection>>;
  createTransport(name: string, request: EngineRequest): EngineTransport;
}

/** Maximum pings that probe for an upgrade: a client sends one. Their answers bypass the count of unread bytes. */
const MAX_PROBES = 2;

export class Wires {
  readonly #maxFrameBytes: number;
  readonly #all = new Set<Wire>();
  readonly #ofTransport = new WeakMap<object, Wire>();
  readonly #ofConnection = new WeakMap<object, Wire>();
  #opening: Wire | undefined;

  constructor(engine: EngineIo, parts: WireParts, maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
    const create = engine.createTransport.bind(engine);
    engine.createTransport = (name, request) => {
      const transport = create(name, request);
      const sid = request._query?.sid;
      const known = sid === undefined || sid === '' ? undefined : engine.clients[sid];
      const wire = (known && this.#ofConnection.get(known)) ?? new Wire(request, parts);
      this.#ofTransport.set(transport, wire);
      this.#watch(wire, transport, request, known !== undefined);
      return transport;
    };
    // Before Socket.IO's own listener, which creates the decoder.
    engine.prependListener('connection', (connection: EngineConnection & { readonly transport: object }) => {
      const wire = this.#ofTransport.get(connection.transport);
      if (wire === undefined) return;
      this.#ofConnection.set(connection, wire);
      this.#all.add(wire);
      wire.open(connection);
      connection.once('close', () => this.#forget(wire));
      this.#opening = wire;
    });
    engine.on('connection', () => {
      this.#opening = undefined;
    });
  }

  /** The wires of all connections, joined or not. */
  get all(): ReadonlySet<Wire> {
    return this.#all;
  }

  /** The wire of the connection being created in this call. */
  get opening(): Wire | undefined {
    return this.#opening;
  }

  of(connection: object): Wire {
    const wire = this.#ofConnection.get(connection);
    if (wire === undefined) throw new Error('a connection without a wire');
    return wire;
  }

  /** When its last transport or its connection ends, whichever is later. */
  #forget(wire: Wire): void {
    if (wire.isGone) this.#all.delete(wire);
  }

  #watch(wire: Wire, transport: EngineTransport, request: EngineRequest, isUpgrade: boolean): void {
    const tooLarge = (): void => {
      const message = `a message is over maxFrameBytes ${this.#maxFrameBytes}; send less at a time, or start the hub with a larger --max-frame-bytes`;
      wire.cut('too-large', message);
    };
    const valve = valveOf(transport, request, this.#maxFrameBytes, tooLarge);
    wire.add(valve, transport);
    // Heartbeats are rare: many of them are a flood like any other.
    const beat = (bytes: number): void => {
      wire.enter(bytes);
      wire.faulty();
    };
    request.websocket?.on('ping', (data: Buffer) => beat(data.length));
    request.websocket?.on('pong', (data: Buffer) => beat(data.length));
    const { onPacket } = transport;
    let probes = 0;
    transport.onPacket = (packet) => {
      if (packet.type === 'message') wire.enter(sizeOf(packet.data));
      else beat(sizeOf(packet.data));
      if (isUpgrade && packet.type === 'ping' && ++probes > MAX_PROBES) transport.close();
      else onPacket.call(transport, packet);
    };
    transport.once('close', () => {
      wire.remove(valve);
      this.#forget(wire);
    });
  }
}

function valveOf(
  transport: EngineTransport,
  { websocket }: EngineRequest,
  maxBytes: number,
  onTooLarge: () => void,
): Valve {
  if (websocket === undefined) return new PollingValve(transport as unknown as PollingTransport, maxBytes, onTooLarge);
  websocket.onTooLarge = onTooLarge;
  return websocket;
}
