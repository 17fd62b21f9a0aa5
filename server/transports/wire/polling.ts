/**
 * engine.io's polling transport with the bounds it lacks: the packets of one POST are handled in slices, the POST is
 * answered once all are handled, and an oversized one is reported before it is refused. Replaces two methods of an
 * instance; test/e2e/hostile.test.ts fails when the engine.io internals it calls change.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pendingOf, type Valve } from './valve.js';

interface Packet {
  readonly type: string;
  readonly data?: unknown;
}

/** What is used of the transport. */
export interface PollingTransport {
  readonly readyState: string;
  readonly parser: { decodePacket(text: string): Packet };
  dataReq: IncomingMessage | null;
  dataRes: ServerResponse | null;
  onDataRequest(request: IncomingMessage, response: ServerResponse): void;
  onPollRequest(request: IncomingMessage, response: ServerResponse): void;
  headers(request: IncomingMessage, headers: Record<string, string>): Record<string, string>;
  onPacket(packet: Packet): void;
  onClose(): void;
  onError(message: string): void;
}

/** Between the packets of one payload. */
const SEPARATOR = '\x1e';

export class PollingValve implements Valve {
  readonly #transport: PollingTransport;
  readonly #maxBytes: number;
  readonly #onTooLarge: () => void;
  #isHeld = false;
  /** Continues a waiting POST. */
  #next: (() => void) | undefined;
  #poll: ServerResponse | undefined;

  /** @param onTooLarge called for a POST of more than `maxBytes`, before it is refused. */
  constructor(transport: PollingTransport, maxBytes: number, onTooLarge: () => void) {
    this.#transport = transport;
    this.#maxBytes = maxBytes;
    this.#onTooLarge = onTooLarge;
    const poll = transport.onPollRequest.bind(transport);
    transport.onPollRequest = (request, response) => {
      this.#poll = response;
      poll(request, response);
    };
    transport.onDataRequest = (request, response) => this.#read(request, response);
  }

  get pendingBytes(): number {
    return this.#poll === undefined || this.#poll.writableFinished ? 0 : pendingOf(this.#poll.socket ?? undefined);
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const next = this.#next;
    this.#next = undefined;
    // Each in its own turn, as WebSockets do.
    if (next !== undefined) setImmediate(next);
  }

  destroy(): void {
    this.#poll?.destroy();
    this.#transport.dataReq?.destroy();
  }

  #read(request: IncomingMessage, response: ServerResponse): void {
    const transport = this.#transport;
    if (transport.dataReq !== null && transport.dataReq !== undefined) {
      transport.onError('data request overlap from client');
      response.writeHead(400).end();
      return;
    }
    if (request.headers['content-type'] === 'application/octet-stream') {
      transport.onError('invalid content');
      response.writeHead(400).end();
      return;
    }
    const most = this.#maxBytes;
    if (Number(request.headers['content-length'] ?? 0) > most) return this.#refuse(response);
    transport.dataReq = request;
    transport.dataRes = response;
    let chunks: Buffer[] = [];
    let bytes = 0;
    const done = (): void => {
      transport.dataReq = transport.dataRes = null;
      request.removeAllListeners('data').removeAllListeners('end').removeListener('close', onClose);
      chunks = [];
    };
    const onClose = (): void => {
      done();
      transport.onError('data request connection closed prematurely');
    };
    request.on('close', onClose);
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= most) chunks.push(chunk);
      else {
        done();
        this.#refuse(response);
      }
    });
    request.on('end', () => {
      const text = Buffer.concat(chunks, bytes).toString('utf8');
      request.removeListener('close', onClose);
      this.#handOn(text, () => {
        done();
        if (response.destroyed || response.headersSent) return;
        const headers = { 'Content-Type': 'text/html', 'Content-Length': '2' };
        response.writeHead(200, transport.headers(request, headers)).end('ok');
      });
    });
  }

  /** Passes on the packets of a payload until reading is held. */
  #handOn(text: string, done: () => void, from = 0): void {
    const transport = this.#transport;
    let start = from;
    while (start <= text.length && transport.readyState === 'open') {
      if (this.#isHeld) {
        this.#next = () => this.#handOn(text, done, start);
        return;
      }
      const end = text.indexOf(SEPARATOR, start);
      const packet = transport.parser.decodePacket(text.slice(start, end < 0 ? undefined : end));
      start = end < 0 ? text.length + 1 : end + 1;
      if (packet.type === 'close') {
        transport.onClose();
        break;
      }
      transport.onPacket(packet);
      if (packet.type === 'error') break;
    }
    done();
  }

  #refuse(response: ServerResponse): void {
    this.#onTooLarge();
    response.writeHead(413, { connection: 'close' }).end();
  }
}
