/**
 * One TCP connection of an attacker, which counts its traffic and holds back what the other side does not take. Knows
 * only bytes.
 */

import { connect, type Socket } from 'node:net';

/** The attackers' own address, as everybody else has one. */
const ADDRESS = '127.0.0.2';
/** Maximum bytes kept for a server that does not read. */
const BACKLOG_BYTES = 1 << 20;
/** Characters of an answer kept for searching. */
const KEPT_CHARS = 4_096;

export interface WireCounts {
  connects: number;
  /** Connections ended by the other side. */
  ended: number;
  sentBytes: number;
  /** Writes skipped because the other side had not taken the earlier ones. */
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

  /** Reads until told not to. */
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
    // Only a reader notices the end of the other side.
    this.#socket.on('data', (bytes) => this.#keep(bytes)).on('end', () => this.#socket.destroy());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** False when the bytes were skipped: the connection is over, or too much is waiting. */
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

  /** What `pattern` finds in the next answer; undefined when none comes in time. Requires a reading peer. */
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

  /** Reads nothing from now on. */
  stopReading(): void {
    this.#socket.removeAllListeners('data').pause();
  }

  /** Reads a little of what has arrived, after {@link stopReading}. */
  sip(bytes: number): void {
    this.#socket.read(bytes);
  }

  /** Ends this direction; the other stays open. */
  finish(): void {
    this.#socket.end();
  }

  /** Ends the connection immediately, optionally by a reset. */
  drop(how: 'close' | 'reset' = 'close'): void {
    if (this.#socket.destroyed) return;
    this.#isMine = true;
    if (how === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #keep(bytes: Buffer): void {
    this.#text = (this.#text + bytes.toString('latin1')).slice(-KEPT_CHARS);
    this.#onText?.();
    // A peer that got a close reconnects; continuing would reach nobody.
    if (isClose(bytes)) this.#socket.destroy();
  }
}

/** Whether a chunk begins or ends with a close frame; its first byte occurs in no text that the hub sends. */
function isClose(bytes: Buffer): boolean {
  return [0, bytes.length - 2, bytes.length - 4].some((at) => bytes[at] === 0x88);
}
