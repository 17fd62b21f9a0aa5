/** What leaves on one connection: events in order, bounded in bytes. A client that does not read is cut, not waited for. */

import type { Socket } from 'socket.io';
import type { ClientToServerEvents, ServerToClientEvents } from '../../shared/protocol.js';
import type { SharedEvent, ViewerSink } from '../core/casting.js';
import { eventText, jsonEventText, textFrame } from './text-frame.js';

export type HubSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

/** The parts of an engine.io connection that its types do not show; `transport.socket` is there over WebSocket. */
interface Wire {
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  readonly transport: {
    readonly name: string;
    readonly socket?: { readonly bufferedAmount?: number; terminate?(): void };
  };
  /** Socket.IO's broadcasts use the same option; a transport that does not know it sends the text. */
  write(text: string, options: { readonly compress: false; readonly wsPreEncodedFrame?: readonly Buffer[] }): void;
}

export class Outbox implements ViewerSink {
  readonly #socket: HubSocket;
  readonly #wire: Wire;
  readonly #maxBytes: number;
  readonly #onSlow: () => void;
  /** Bytes in engine.io's buffer, which has no bound of its own. */
  #waitingBytes = 0;
  #cut = false;

  /** @param onSlow called once, before the connection is cut for having more than `maxBytes` unread. */
  constructor(socket: HubSocket, maxBytes: number, onSlow: () => void) {
    this.#socket = socket;
    this.#wire = socket.conn as unknown as Wire;
    this.#maxBytes = maxBytes;
    this.#onSlow = onSlow;
    // engine.io hands its whole buffer over at once.
    const onFlush = (): void => {
      this.#waitingBytes = 0;
    };
    socket.conn.on('flush', onFlush);
    // A client may leave the namespace and join again on one connection, as often as it likes.
    socket.once('disconnect', () => socket.conn.off('flush', onFlush));
  }

  /** Bytes that wait for the client to read, the kernel's own buffers not counted. */
  get unreadBytes(): number {
    return this.#waitingBytes + (this.#wire.transport.socket?.bufferedAmount ?? 0);
  }

  /** Sends an event that others get too: whoever is first encodes it. */
  send(event: SharedEvent): void {
    if (!this.#socket.connected) return;
    event.encoded ??= encode(event);
    const { text, frame } = event.encoded as EncodedEvent;
    this.#write(text, frame);
  }

  emit<Name extends keyof ServerToClientEvents>(name: Name, payload: Parameters<ServerToClientEvents[Name]>[0]): void {
    if (!this.#socket.connected) return;
    const text = eventText(name, payload);
    this.#write(text, this.#wire.transport.name === 'websocket' ? textFrame(text) : undefined);
  }

  /** Answers a request by its acknowledgement callback. */
  acknowledge<Answer>(ack: (answer: Answer) => void, answer: Answer): void {
    ack(answer);
    this.#measure();
  }

  #write(text: string, frame: Buffer | undefined): void {
    const isWebSocket = frame !== undefined && this.#wire.transport.name === 'websocket';
    this.#wire.write(text, isWebSocket ? { compress: false, wsPreEncodedFrame: [frame] } : PLAIN);
    this.#measure();
  }

  #measure(): void {
    const { writeBuffer, transport } = this.#wire;
    const waiting = writeBuffer.at(-1);
    if (waiting !== undefined) this.#waitingBytes += sizeOf(waiting.data);
    if (this.unreadBytes <= this.#maxBytes || this.#cut) return;
    this.#cut = true;
    this.#onSlow();
    // Discarding: a close in good order would wait for a reader that is not there.
    this.#socket.conn.close(true);
    transport.socket?.terminate?.();
  }
}

const PLAIN = { compress: false } as const;

/** What this transport makes of an event that goes to many. */
interface EncodedEvent {
  readonly text: string;
  readonly frame: Buffer;
}

function encode({ name, json }: SharedEvent): EncodedEvent {
  const text = jsonEventText(name, json);
  return { text, frame: textFrame(text) };
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return data instanceof Uint8Array ? data.byteLength : 0;
}
