/**
 * A WebSocket to a hub that sends anything, right or wrong, frame by frame. Knows just enough of engine.io and
 * Socket.IO to join and to answer pings.
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { isRecord } from '../../shared/parse.js';
import { until, within } from './until.js';

const OPCODE = { text: 1, binary: 2, close: 8 } as const;

/** One frame from a client, masked as the protocol requires. */
export function frame(payload: string | Uint8Array, opcode: number = typeof payload === 'string' ? 1 : 2): Buffer {
  const body = Buffer.from(payload);
  const length =
    body.length < 126
      ? Buffer.from([body.length | 0x80])
      : body.length < 65_536
        ? Buffer.from([126 | 0x80, body.length >> 8, body.length & 255])
        : Buffer.concat([Buffer.from([127 | 0x80, 0, 0, 0, 0]), uint32(body.length)]);
  const mask = randomBytes(4);
  for (let i = 0; i < body.length; i++) body[i] = (body[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return Buffer.concat([Buffer.from([0x80 | opcode]), length, mask, body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The last argument of a Socket.IO event or acknowledgement. */
function payloadOf(message: string): unknown {
  const payload: unknown = JSON.parse(message.slice(message.indexOf('[')));
  return Array.isArray(payload) ? payload.at(-1) : payload;
}

export class RawSocket {
  /** Text messages received, without pings. */
  readonly messages: string[] = [];
  closed = false;
  readonly #socket: Socket;
  #input = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', () => undefined);
  }

  /** Opens a WebSocket. `join`: the packet that joins the namespace; `null` does not join and so gets no hello. */
  static async open(url: string, join: string | null = '40'): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const raw = new RawSocket(socket);
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    let head = Buffer.alloc(0);
    while (head.indexOf('\r\n\r\n') < 0) {
      const [chunk]: Buffer[] = await within('the upgrade', once(socket, 'data'));
      head = Buffer.concat([head, chunk ?? Buffer.alloc(0)]);
    }
    if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(head.toString('latin1'));
    raw.#read(head.subarray(head.indexOf('\r\n\r\n') + 4));
    socket.on('data', (chunk: Buffer) => raw.#read(chunk));
    await raw.next((message) => message.startsWith('0{'));
    if (join === null) return raw;
    raw.send(join);
    await raw.next((message) => message.startsWith('42["hello"'));
    return raw;
  }

  /** A text or binary message. */
  send(...payloads: readonly (string | Uint8Array)[]): void {
    this.bytes(Buffer.concat(payloads.map((payload) => frame(payload))));
  }

  /** Reads nothing from now on. */
  stopReading(): void {
    this.#socket.pause();
  }

  goOnReading(): void {
    this.#socket.resume();
  }

  /** Bytes to send that the system has not taken. */
  get backlog(): number {
    return this.#socket.writableLength;
  }

  /** Arbitrary bytes, not necessarily a frame. */
  bytes(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /**
   * Removes and returns the first received message that matches, or waits for it. Rejects when the connection is closed
   * before.
   */
  async next(matches: (message: string) => boolean): Promise<string> {
    let index = -1;
    await until('a message', () => {
      index = this.messages.findIndex(matches);
      return index >= 0 || this.closed;
    });
    const [message] = index < 0 ? [] : this.messages.splice(index, 1);
    if (message === undefined) throw new Error('the connection was closed');
    return message;
  }

  /** The answer to acknowledgement `ack`, or the next event. */
  async answer(ack?: number): Promise<unknown> {
    const prefix = ack === undefined ? '42["prediction' : `43${ack}[`;
    return payloadOf(await this.next((text) => text.startsWith(prefix)));
  }

  /** The event that answers this connection's `predict` event number `n`. */
  async answerTo(n: number): Promise<unknown> {
    return payloadOf(
      await this.next((text) => {
        const payload = text.startsWith('42["prediction') ? payloadOf(text) : undefined;
        return isRecord(payload) && payload.n === n;
      }),
    );
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    for (;;) {
      const [first, second] = this.#input;
      if (first === undefined || second === undefined) return;
      const short = second & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (this.#input.length < head) return;
      const length =
        short < 126 ? short : short === 126 ? this.#input.readUInt16BE(2) : Number(this.#input.readBigUInt64BE(2));
      if (this.#input.length < head + length) return;
      const payload = this.#input.subarray(head, head + length);
      this.#input = this.#input.subarray(head + length);
      if ((first & 15) === OPCODE.close) this.#socket.end();
      if ((first & 15) !== OPCODE.text) continue;
      const text = payload.toString();
      if (text === '2') this.send('3');
      else this.messages.push(text);
    }
  }
}
