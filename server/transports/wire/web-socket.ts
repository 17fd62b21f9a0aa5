/**
 * The `ws` library with the bounds that it has not: reading can be held between two messages of one chunk, a ping is answered only when
 * the pong can leave, and a close that is not answered is waited for two seconds. Uses two methods and three fields that `ws` does not document;
 * test/unit/transports/wire/web-socket.test.ts fails when they are not what they were.
 */

import type { Socket } from 'node:net';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { pendingOf, type Valve } from './valve.js';

/** How long a client may take to answer a close, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/** With more than this unsent a ping is not answered: RFC 6455, 5.5.3, asks for a pong to the last one only. */
const MAX_PONG_BACKLOG_BYTES = 16_384;
/** Fragments of one message. */
const MAX_FRAGMENTS = 1_024;
/** Chunks that a message may come in: as many as tiny packets of a slow network make of the largest one. */
const LEAST_CHUNKS = 1_024;
const CHUNK_BYTES = 512;
const TOO_BIG = 1009;

/** Options of `ws` for connections of this message limit in bytes. */
export function webSocketOptions(maxFrameBytes: number): ServerOptions {
  const options = {
    autoPong: false,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: LEAST_CHUNKS + Math.ceil(maxFrameBytes / CHUNK_BYTES),
    closeTimeout: CLOSE_TIMEOUT_MS,
    // Its types say that a WebSocket of a server may be made with an address.
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

/** What is used of the parser of frames. */
interface Receiver {
  startLoop(done: () => void): void;
  /** Read after each message: false ends the loop over what has come. */
  _loop: boolean;
}

export class HubWebSocket extends WebSocket implements Valve {
  /** A message is over the limit: what is to be said before the close. */
  onTooLarge: (() => void) | undefined;
  #tcp: Socket | undefined;
  #receiver: Receiver | undefined;
  #isHeld = false;
  #isGone = false;
  /** It was released, and goes on in a moment. */
  #isGoing = false;
  /** The receiver's next chunk, which waits for the release. */
  #next: (() => void) | undefined;
  #go: (done: () => void) => void = () => undefined;

  constructor(...args: unknown[]) {
    super(...(args as [null]));
    // Without this a ping that came in one chunk with the upgrade would find nobody.
    this.on('ping', (data: Buffer) => {
      if (this.readyState === WebSocket.OPEN && this.pendingBytes <= MAX_PONG_BACKLOG_BYTES) this.pong(data);
    });
  }

  get pendingBytes(): number {
    return pendingOf(this.#tcp);
  }

  /** Of `ws`: the connection is open, and its receiver made. */
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
    // `ws` waits for the receiver to finish, which it never would while it is held.
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
    // Never from inside the receiver's own loop, which a handler of its messages may be called from; and not before what other connections
    // bring, that are released with it, is handled: what there is room for is asked of each message before it is read.
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
