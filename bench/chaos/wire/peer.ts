/** One TCP connection of an attacker, that counts what goes over it and holds back what the other side does not take. Knows bytes only. */

import { connect, type Socket } from 'node:net';

/** Where attackers come from: an address of their own, as everybody else has. */
const ADDRESS = '127.0.0.2';
/** More than so many bytes are not kept for a server that does not read. */
const BACKLOG_BYTES = 1 << 20;
/** Of an answer so many characters are kept to be searched. */
const KEPT_CHARS = 4_096;

export interface WireCounts {
  connects: number;
  /** Connections that the other side ended. */
  ended: number;
  sentBytes: number;
  /** Writes that were left out because the other side had not taken those before. */
  heldBack: number;
}

export class Peer {
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
  #socket: Socket;
  #counts: WireCounts;
  #isMine = false;
  #text = '';
  #onText: (() => void) | undefined;

  /** Reads until it is told not to. */
  constructor(port: number, counts: WireCounts) {
    this.#counts = counts;
    counts.connects += 1;
    this.#socket = connect({ port, host: '127.0.0.1', localAddress: ADDRESS, noDelay: true, allowHalfOpen: true });
    this.#socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        if (!this.#isMine) counts.ended += 1;
        this.#onText?.();
        resolve();
      });
    });
    // The end of the other side is found only by who reads.
    this.#socket.on('data', (bytes) => this.#keep(bytes)).on('end', () => this.#socket.destroy());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** False when the bytes were left out: the connection is over, or too much waits already. */
  write(bytes: Uint8Array): boolean {
    if (this.#socket.destroyed) return false;
    if (this.#socket.writableLength > BACKLOG_BYTES) {
      this.#counts.heldBack += 1;
      return false;
    }
    this.#counts.sentBytes += bytes.length;
    this.#socket.write(bytes);
    return true;
  }

  /** What `pattern` finds in the next answer; undefined when none comes in time. Needs a peer that reads. */
  async find(pattern: RegExp, timeoutMs: number): Promise<string | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = pattern.exec(this.#text)?.[1];
      if (found !== undefined) {
        this.#text = '';
        return found;
      }
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || !this.isOpen) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#onText = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Takes nothing from now on. */
  stopReading(): void {
    this.#socket.removeAllListeners('data').pause();
  }

  /** Takes a little of what has come, after {@link stopReading}. */
  sip(bytes: number): void {
    this.#socket.read(bytes);
  }

  /** Ends this direction; the other stays as it is. */
  finish(): void {
    this.#socket.end();
  }

  /** Ends the connection at once, by a reset where asked. */
  drop(how: 'close' | 'reset' = 'close'): void {
    if (this.#socket.destroyed) return;
    this.#isMine = true;
    if (how === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #keep(bytes: Buffer): void {
    this.#text = (this.#text + bytes.toString('latin1')).slice(-KEPT_CHARS);
    this.#onText?.();
    // Who was sent a close comes again; one that goes on would talk to nobody.
    if (isClose(bytes)) this.#socket.destroy();
  }
}

/** Whether a chunk begins or ends with a close frame; its first byte is in no text that the hub sends. */
function isClose(bytes: Buffer): boolean {
  return [0, bytes.length - 2, bytes.length - 4].some((at) => bytes[at] === 0x88);
}
