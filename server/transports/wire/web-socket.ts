/**
 * The `ws` library with the bounds it lacks: reading can be held between two messages of one chunk, a ping is answered
 * only when the pong can be sent, and an unanswered close is awaited for two seconds. Uses two methods and three fields
 * that `ws` does not document; test/unit/transports/wire/web-socket.test.ts fails when they change.
 */

import type { Socket } from 'node:net';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { pendingOf, type Valve } from './valve.js';

/** Time for a client to answer a close, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/** With more unsent bytes than this, pings are not answered: RFC 6455, 5.5.3, requires a pong only for the last one. */
const MAX_PONG_BACKLOG_BYTES = 16_384;
/** Maximum fragments of one message. */
const MAX_FRAGMENTS = 1_024;
/** Maximum chunks of a message: as many as the largest one takes in the small packets of a slow network. */
const LEAST_CHUNKS = 1_024;
const CHUNK_BYTES = 512;
const TOO_BIG = 1009;

/** `ws` options for connections with this message limit in bytes. */
export function webSocketOptions(maxFrameBytes: number): ServerOptions {
  const options = {
    autoPong: false,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: LEAST_CHUNKS + Math.ceil(maxFrameBytes / CHUNK_BYTES),
    closeTimeout: CLOSE_TIMEOUT_MS,
    // Its types claim that a server's WebSocket may be created with an address.
    WebSocket: HubWebSocket as unknown as typeof WebSocket,
  };
  return options;
}

/** A server class for engine.io's `wsEngine`, which passes few options on. */
export function webSocketServer(maxFrameBytes: number): typeof WebSocketServer {
  return class HubWebSocketServer extends WebSocketServer {
    constructor(options: ServerOptions) {
      super({ ...options, ...webSocketOptions(maxFrameBytes) });
    }
  } as typeof WebSocketServer;
}

/** What is used of the frame parser. */
interface Receiver {
  startLoop(done: () => void): void;
  /** Read after each message: false ends the loop over received data. */
  _loop: boolean;
}

export class HubWebSocket extends WebSocket implements Valve {
  /** Called for an oversized message, before the close. */
  onTooLarge: (() => void) | undefined;
  #tcp: Socket | undefined;
  #receiver: Receiver | undefined;
  #isHeld = false;
  #isGone = false;
  /** Released, and about to continue. */
  #isGoing = false;
  /** Continues with the receiver's next chunk after the release. */
  #next: (() => void) | undefined;
  #go: (done: () => void) => void = () => undefined;

  constructor(...args: unknown[]) {
    super(...(args as [null]));
    // Otherwise a ping in the same chunk as the upgrade would be missed.
    this.on('ping', (data: Buffer) => {
      if (this.readyState === WebSocket.OPEN && this.pendingBytes <= MAX_PONG_BACKLOG_BYTES) this.pong(data);
    });
  }

  get pendingBytes(): number {
    return pendingOf(this.#tcp);
  }

  /** Overrides `ws`: the connection is open and its receiver created. */
  setSocket(tcp: Socket, head: Buffer, options: object): void {
    this.#tcp = tcp;
    const set = (WebSocket.prototype as unknown as { setSocket: (...args: unknown[]) => void }).setSocket;
    set.call(this, tcp, head, options);
    const receiver = (this as unknown as { readonly _receiver: Receiver })._receiver;
    this.#receiver = receiver;
    this.#go = receiver.startLoop.bind(receiver);
    receiver.startLoop = (done) => {
      if (this.#isGone && this.#isHeld) done();
      else if (this.#isHeld) this.#next = done;
      else this.#go(done);
    };
    // `ws` waits for the receiver to finish, which never happens while it is held.
    tcp.once('close', () => {
      this.#isGone = true;
      this.#next?.();
    });
  }

  hold(): void {
    if (this.#isHeld || this.#receiver === undefined) return;
    this.#isHeld = true;
    this.#receiver._loop = false;
    this.pause();
  }

  release(): void {
    if (!this.#isHeld || this.#isGone) return;
    this.#isHeld = false;
    if (this.#isGoing) return;
    this.#isGoing = true;
    // Not from inside the receiver's own loop, from which a message handler may call this; and only after data of other
    // connections released with it is handled: each message is checked against the available room before it is parsed.
    setImmediate(() => {
      this.#isGoing = false;
      if (this.#isHeld || this.#isGone) return;
      this.resume();
      const next = this.#next ?? (() => undefined);
      this.#next = undefined;
      this.#go(next);
    });
  }

  destroy(): void {
    this.terminate();
  }

  override close(code?: number, data?: string | Buffer): void {
    if (code === TOO_BIG && this.readyState === WebSocket.OPEN) this.onTooLarge?.();
    super.close(code, data);
  }
}
