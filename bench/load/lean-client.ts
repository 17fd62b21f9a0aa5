/**
 * One Socket.IO connection over a bare TCP socket: WebSocket upgrade, connect packet, pings; passes predictions on as
 * bytes. Knows the handshake; knows nothing of requests, load or time.
 */

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { FrameReader } from './frames.js';
import { CONNECT_FRAME, PONG_FRAME, packetKind } from './packets.js';

export interface LeanClientHandlers {
  /** Connected to the namespace and, if the server sends `hello`, greeted. */
  ready(): void;
  /** A whole `prediction` packet, to be read before the call returns. */
  prediction(bytes: Buffer, start: number, end: number): void;
  /** Any other packet. @default the connection fails */
  other?(bytes: Buffer, start: number, end: number): void;
  /** The connection is unusable. Called at most once, and not after `close()`. */
  failed(reason: string): void;
}

export interface LeanClientOptions {
  readonly port: number;
  /** Ready only at the event `hello`, which the hub sends and the other servers do not. */
  readonly awaitHello: boolean;
  /** The local loopback address. @default the machine's choice */
  readonly localAddress?: string;
}

/** A read is handled before the next one starts, so all connections of a thread share one buffer. */
const shared = Buffer.allocUnsafe(64 * 1024);

const HEADER_END = Buffer.from('\r\n\r\n');
const MAX_RESPONSE_BYTES = 16 * 1024;

export class LeanClient {
  readonly #socket: Socket;
  readonly #handlers: LeanClientHandlers;
  readonly #awaitHello: boolean;
  readonly #frames = new FrameReader((bytes, start, end) => this.#onText(bytes, start, end));
  /** The upgrade's response so far; undefined once it is complete. */
  #response: Buffer | undefined = Buffer.alloc(0);
  #closed = false;

  constructor({ port, awaitHello, localAddress }: LeanClientOptions, handlers: LeanClientHandlers) {
    this.#handlers = handlers;
    this.#awaitHello = awaitHello;
    const onread = {
      buffer: shared,
      callback: (length: number) => {
        this.#onBytes(shared.subarray(0, length));
        return true;
      },
    };
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread,
      ...(localAddress !== undefined && { localAddress }),
    });
    this.#socket.on('error', (error) => this.#fail(`the connection failed: ${error.message}`));
    this.#socket.on('close', () => this.#fail('the server closed the connection'));
    this.#socket.on('connect', () => this.#socket.write(upgradeRequest(port)));
  }

  /** Bytes written that the system has not taken: how far the server, or the network, is behind. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** The bytes must not change until their answer arrives. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Holds writes back until `uncork`, which sends them in one system call. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  /** Stops reading, and stays open. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#handlers.failed(reason);
  }

  #onBytes(chunk: Buffer): void {
    if (this.#closed) return;
    const frames = this.#response === undefined ? chunk : this.#readResponse(chunk);
    if (frames === undefined) return;
    const fault = this.#frames.read(frames);
    if (fault !== undefined) this.#fail(fault);
  }

  /** The bytes after the response, once it is complete. */
  #readResponse(chunk: Buffer): Buffer | undefined {
    const response = Buffer.concat([this.#response ?? Buffer.alloc(0), chunk]);
    const end = response.indexOf(HEADER_END);
    if (end < 0 && response.length < MAX_RESPONSE_BYTES) {
      this.#response = response;
      return undefined;
    }
    const status = response.toString('latin1', 0, response.indexOf('\r\n'));
    if (end < 0 || !status.startsWith('HTTP/1.1 101')) {
      this.#fail(`expected the upgrade to WebSocket (HTTP 101), got "${status.slice(0, 200)}"`);
      return undefined;
    }
    this.#response = undefined;
    return response.subarray(end + HEADER_END.length);
  }

  #onText(bytes: Buffer, start: number, end: number): void {
    if (this.#closed) return;
    switch (packetKind(bytes, start, end)) {
      case 'prediction':
        this.#handlers.prediction(bytes, start, end);
        return;
      case 'ping':
        this.write(PONG_FRAME);
        return;
      case 'open':
        this.write(CONNECT_FRAME);
        return;
      case 'connected':
        if (!this.#awaitHello) this.#handlers.ready();
        return;
      case 'hello':
        if (this.#awaitHello) this.#handlers.ready();
        return;
      case 'other':
        if (this.#handlers.other !== undefined) return this.#handlers.other(bytes, start, end);
        this.#fail(`expected a prediction, got ${bytes.toString('utf8', start, Math.min(end, start + 300))}`);
    }
  }
}

function upgradeRequest(port: number): string {
  return [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
}
