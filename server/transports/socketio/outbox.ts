/** Outgoing events of one connection, in order. The wire judges how much is unread, and whether it is being read. */

import type { Socket } from 'socket.io';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../shared/protocol/events.js';
import type { SharedEvent, ViewerSink } from '../../contracts/streams.js';
import type { Wire } from '../wire/wire.js';
import { eventText, jsonEventText, textFrame } from './text-frame.js';

export type HubSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

/** The parts of an engine.io connection that its types hide. */
interface EngineConnection {
  readonly transport: { readonly name: string };
  /** Socket.IO's broadcasts use the same option; a transport that does not know it sends the text. */
  write(text: string, options: { readonly compress: false; readonly wsPreEncodedFrame?: readonly Buffer[] }): void;
}

export class Outbox implements ViewerSink {
  readonly #socket: HubSocket;
  readonly #connection: EngineConnection;
  readonly #wire: Wire;

  constructor(socket: HubSocket, wire: Wire) {
    this.#socket = socket;
    this.#connection = socket.conn as unknown as EngineConnection;
    this.#wire = wire;
  }

  /** Bytes the client has not read, excluding kernel buffers. */
  get unreadBytes(): number {
    return this.#wire.unreadBytes;
  }

  /** Sends an event shared with others: the first sender encodes it. */
  send(event: SharedEvent): void {
    if (!this.#socket.connected) return;
    event.encoded ??= encode(event);
    const { text, frame } = event.encoded as EncodedEvent;
    this.#write(text, frame);
  }

  emit<Name extends keyof ServerToClientEvents>(name: Name, payload: Parameters<ServerToClientEvents[Name]>[0]): void {
    if (!this.#socket.connected) return;
    const text = eventText(name, payload);
    this.#write(text, this.#isWebSocket ? textFrame(text) : undefined);
  }

  #write(text: string, frame: Buffer | undefined): void {
    const isReady = frame !== undefined && this.#isWebSocket;
    this.#connection.write(text, isReady ? { compress: false, wsPreEncodedFrame: [frame] } : PLAIN);
  }

  get #isWebSocket(): boolean {
    return this.#connection.transport.name === 'websocket';
  }
}

const PLAIN = { compress: false } as const;

/** This transport's encoding of a shared event. */
interface EncodedEvent {
  readonly text: string;
  readonly frame: Buffer;
}

function encode({ name, json }: SharedEvent): EncodedEvent {
  const text = jsonEventText(name, json);
  return { text, frame: textFrame(text) };
}
