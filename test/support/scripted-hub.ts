/**
 * A scripted hub: it serves a folder, speaks the protocol of `shared/`, and generates streams that are the same for the
 * same seed. It predicts nothing: scores come from a few words. For the page's tests; the real hub has its own.
 */

import { createReadStream, existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { Server, type Socket } from 'socket.io';
import type { ErrorCode } from '../../shared/errors.js';
import { wireError } from '../../shared/errors.js';
import type { ClientToServerEvents, ServerToClientEvents } from '../../shared/protocol/events.js';
import type { ProtocolRange } from '../../shared/protocol/versions.js';
import type { HubStatus, StreamGap, SubscribeRequest } from '../../shared/stream-protocol.js';
import { scriptedHello, versionsRefusal } from './scripted-hello.js';
import { ScriptedStream, type StreamScript } from './scripted-stream.js';
import { scoreText, wordsOf } from './scripted-words.js';

export interface ScriptedHubOptions {
  /** Folder served at `/`. */
  readonly folder: string;
  readonly seed?: number;
  /** Streams at the start, and their scripts. */
  readonly streams?: Readonly<Record<string, Partial<StreamScript>>>;
}

type HubSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

interface Viewing {
  readonly socket: HubSocket;
  readonly stream: string;
  /** Start of the last window that was sent. */
  sentAt: number;
}

const MODEL = 'sentiment@3';
const WINDOW_MS = 1000;
const POLICY =
  "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export class ScriptedHub {
  readonly #options: ScriptedHubOptions;
  readonly #http = createServer((request, response) => this.#serve(request.url ?? '/', response));
  readonly #io = new Server<ClientToServerEvents, ServerToClientEvents>(this.#http, { serveClient: false });
  readonly #streams = new Map<string, ScriptedStream>();
  readonly #viewings = new Set<Viewing>();
  readonly #watchers = new Set<HubSocket>();
  readonly #sockets = new Set<NetSocket>();
  readonly #waiting = new Map<string, { readonly cancel: () => void }>();
  readonly #startedAt = Date.now();
  #timers: NodeJS.Timeout[] = [];
  #epoch = 1;
  #refusal: ErrorCode | 'gone' | undefined;
  #port = 0;
  /** Duration of a prediction, in milliseconds. */
  answerMs = 2;
  /** What it speaks: it greets in the newest that the client speaks too, and refuses one that speaks none of them. */
  speaks: ProtocolRange = [1, 1];
  /** What a later version adds to each hello and each answer. */
  additions: Readonly<Record<string, unknown>> = {};
  /** While set, closed windows are not sent. */
  isSilent = false;
  /** Predictions requested, and how many of them were superseded. */
  readonly predicted = { asked: 0, superseded: 0 };

  private constructor(options: ScriptedHubOptions) {
    this.#options = options;
    for (const [name, script] of Object.entries(options.streams ?? {})) this.addStream(name, script);
    this.#io.use((socket, next) => {
      const data = versionsRefusal(this.speaks, socket.handshake.auth);
      if (data !== undefined) return next(Object.assign(new Error(data.message), { data }));
      if (this.#refusal === undefined) return next();
      const code = this.#refusal === 'gone' ? 'DRAINING' : this.#refusal;
      next(Object.assign(new Error(code), { data: wireError(code, `refused by the script: ${code}`) }));
    });
    this.#io.on('connection', (socket) => this.#welcome(socket));
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (this.#refusal === 'gone') socket.destroy();
    });
  }

  static async start(options: ScriptedHubOptions): Promise<ScriptedHub> {
    const hub = new ScriptedHub(options);
    await new Promise<void>((resolve) => hub.#http.listen(0, '127.0.0.1', resolve));
    hub.#port = (hub.#http.address() as AddressInfo).port;
    hub.#timers = [setInterval(() => hub.#tick(), 50), setInterval(() => hub.#tellStatus(), 1000)];
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get connections(): number {
    return this.#io.of('/').sockets.size;
  }

  addStream(name: string, script: Partial<StreamScript> = {}): ScriptedStream {
    const stream = new ScriptedStream(
      name,
      `e${this.#epoch}`,
      (this.#options.seed ?? 1) + name.length,
      script,
      Date.now(),
    );
    this.#streams.set(name, stream);
    for (const viewing of this.#viewings) {
      if (viewing.stream === name) viewing.sentAt = stream.windows.at(-1)?.at ?? 0;
    }
    return stream;
  }

  stream(name: string): ScriptedStream {
    const found = this.#streams.get(name);
    if (found === undefined) throw new Error(`the scripted hub has no stream ${name}`);
    return found;
  }

  /** Ends every connection; they may reconnect immediately. */
  dropConnections(): void {
    this.#io.disconnectSockets(true);
  }

  /** `gone`: nothing answers. A code: the handshake is refused with it. Undefined: accepted again. */
  refuse(how: ErrorCode | 'gone' | undefined): void {
    this.#refusal = how;
    if (how === undefined) return;
    this.#io.disconnectSockets(true);
    if (how === 'gone') for (const socket of this.#sockets) socket.destroy();
  }

  /** The hub restarted: streams have another epoch and no past. */
  restart(): void {
    this.#epoch += 1;
    for (const [name, stream] of this.#streams) this.addStream(name, { ...stream.script, pastSeconds: 0 });
    this.#io.disconnectSockets(true);
  }

  /** The next `missed` items have left the ring before anybody was sent them. */
  gap(name: string, missed: number): void {
    const stream = this.stream(name);
    const { epoch, offset } = stream;
    stream.offset += missed;
    const gap: StreamGap = { stream: name, epoch, reason: 'evicted', missed, from: offset + 1, to: stream.offset };
    for (const { socket, stream: viewed } of this.#viewings) if (viewed === name) socket.emit('gap', gap);
  }

  /** Leaves windows out for every viewer and reports it with the next frame. */
  skip(name: string, windows: number): void {
    this.stream(name).skipNext = windows;
  }

  /** Makes this many predictions of the next window fail. */
  fail(name: string, predictions: number): void {
    this.stream(name).failNext = predictions;
  }

  cutSlow(name: string): void {
    for (const viewing of this.#viewings) {
      if (viewing.stream !== name) continue;
      const { epoch, offset } = this.stream(name);
      const error = wireError('SLOW_VIEWER', 'the viewer did not read what it was sent; subscribe again with position');
      viewing.socket.emit('unsubscribed', { ...error, stream: name, position: { epoch, offset } });
      this.#viewings.delete(viewing);
    }
  }

  goaway(graceMs: number): void {
    this.#io.emit('goaway', { reason: 'draining', graceMs });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { cancel } of this.#waiting.values()) cancel();
    await this.#io.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #welcome(socket: HubSocket): void {
    const { id: session, handshake } = socket;
    socket.emit('hello', { ...scriptedHello(this.speaks, handshake.auth, session, MODEL), ...this.additions });
    let asked = -1;
    socket.on('predict', (request, ack) => {
      asked += 1;
      const n = asked;
      this.predicted.asked += 1;
      const { id, key, input } = request;
      const to = id === undefined ? { n } : { id, n };
      const slot = `${socket.id} ${key ?? n}`;
      this.#waiting.get(slot)?.cancel();
      const timer = setTimeout(() => {
        this.#waiting.delete(slot);
        const scored = scoreText(String(input));
        const words = request.explain === true && { words: wordsOf(String(input), scored.label) };
        const answer = { ...scored, ...words, model: MODEL, timing: this.#timing(), ...this.additions };
        if (ack === undefined) socket.emit('prediction', { ...to, ...answer });
        else ack(answer);
      }, this.answerMs);
      const cancel = (): void => {
        clearTimeout(timer);
        this.predicted.superseded += 1;
        const error = wireError('SUPERSEDED', 'a newer request took its place');
        if (ack === undefined) socket.emit('prediction_error', { ...to, ...error });
        else ack({ error });
      };
      this.#waiting.set(slot, { cancel });
    });
    socket.on('subscribe', (request, reply) => this.#subscribe(socket, request, reply));
    socket.on('unsubscribe', ({ stream }, reply) => {
      for (const viewing of this.#viewings)
        if (viewing.socket === socket && viewing.stream === stream) this.#viewings.delete(viewing);
      reply?.({ stream });
    });
    socket.on('pace', (request, reply) => reply?.(request));
    socket.on('echo', (reply) => reply({ at: Date.now() }));
    socket.on('streams', (reply) => reply({ streams: this.#status().streams }));
    socket.on('watch', ({ on }, reply) => {
      if (on) this.#watchers.add(socket);
      else this.#watchers.delete(socket);
      reply?.({ on });
      if (on) socket.emit('status', this.#status());
    });
    socket.on('disconnect', () => {
      this.#watchers.delete(socket);
      for (const viewing of this.#viewings) if (viewing.socket === socket) this.#viewings.delete(viewing);
    });
  }

  #subscribe(
    socket: HubSocket,
    { stream: name, history = 60, position }: SubscribeRequest,
    reply: Parameters<ClientToServerEvents['subscribe']>[1],
  ): void {
    const stream = this.#streams.get(name);
    const viewing: Viewing = { socket, stream: name, sentAt: 0 };
    this.#viewings.add(viewing);
    if (stream === undefined) {
      reply?.({ stream: name, mode: 'aggregate' });
      return;
    }
    stream.roll(Date.now());
    const { epoch, offset } = stream;
    const isSame = position?.epoch === epoch;
    const owed = isSame
      ? stream.windows.filter((window) => window.offset > position.offset)
      : stream.windows.slice(-history);
    reply?.({
      stream: name,
      mode: 'aggregate',
      position: isSame ? position : { epoch, offset: owed[0] === undefined ? offset : owed[0].offset - owed[0].count },
      model: MODEL,
      labels: stream.labels,
    });
    if (position !== undefined && !isSame)
      socket.emit('gap', { stream: name, epoch, reason: 'restarted', missed: null });
    viewing.sentAt = stream.windows.at(-1)?.at ?? 0;
    if (owed.length > 0)
      socket.emit('aggregate', { stream: name, epoch, windowMs: WINDOW_MS, model: MODEL, skipped: 0, windows: owed });
  }

  #tick(): void {
    const now = Date.now();
    for (const [name, stream] of this.#streams) {
      const closed = stream.roll(now);
      if (this.isSilent || closed.length === 0) continue;
      if (stream.skipNext > stream.skipped) {
        stream.skipped += closed.length;
        continue;
      }
      const { epoch, skipped } = stream;
      stream.skipNext = 0;
      stream.skipped = 0;
      for (const viewing of this.#viewings) {
        const windows = closed.filter(({ at }) => viewing.stream === name && at > viewing.sentAt);
        if (windows.length === 0) continue;
        viewing.sentAt = windows.at(-1)?.at ?? 0;
        viewing.socket.emit('aggregate', { stream: name, epoch, windowMs: WINDOW_MS, model: MODEL, skipped, windows });
      }
    }
  }

  #tellStatus(): void {
    const status = this.#status();
    for (const socket of this.#watchers) socket.emit('status', status);
  }

  #status(): HubStatus {
    const streams = [...this.#streams.values()].map((stream) => ({
      stream: stream.name,
      epoch: stream.epoch,
      offset: stream.offset,
      model: MODEL,
      labels: stream.labels,
      rate: stream.windows.at(-1)?.rate ?? 0,
      viewers: [...this.#viewings].filter((viewing) => viewing.stream === stream.name).length,
      lastAt: Date.now(),
    }));
    const perSecond = streams.reduce((sum, { rate }) => sum + rate, 0);
    return {
      at: Date.now(),
      version: '1.2.0',
      uptimeSeconds: 532_800 + (Date.now() - this.#startedAt) / 1000,
      state: 'ready',
      predictionsPerSecond: perSecond === 0 ? 0 : perSecond + 1957,
      ...(perSecond === 0 ? {} : { meanBatchRows: 18.4, p50: PARTS.p50, p99: PARTS.p99 }),
      queuedRows: perSecond === 0 ? 0 : 3,
      inFlight: 4,
      connections: this.connections,
      viewers: perSecond === 0 ? this.#viewings.size : 53,
      models: [{ model: MODEL, engine: 'native TensorFlow' }],
      streams,
    };
  }

  #timing() {
    return { queueUs: 40, batchUs: 210, inferUs: 690, totalUs: 940, batchRows: 18, engine: 'tfjs-native' };
  }

  #serve(url: string, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, this.url);
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    const asked = /^\/streams\/(.+)\/windows$/.exec(pathname);
    if (asked !== null)
      return this.#serveWindows(decodeURIComponent(asked[1] ?? ''), Number(searchParams.get('windowMs')), response);
    if (pathname.startsWith('/socket.io/')) return;
    const path = join(this.#options.folder, normalize(pathname === '/' ? '/index.html' : pathname));
    if (!path.startsWith(this.#options.folder) || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    createReadStream(path).pipe(response);
  }

  #serveWindows(name: string, windowMs: number, response: ServerResponse): void {
    const stream = this.#streams.get(name);
    response.setHeader('content-type', 'application/json');
    if (stream === undefined) {
      response.writeHead(404).end(JSON.stringify({ error: wireError('NOT_FOUND', `no stream ${name}`) }));
      return;
    }
    const windows = stream.past(windowMs);
    response.end(JSON.stringify({ stream: name, epoch: stream.epoch, windowMs, model: MODEL, windows }));
  }
}

const PARTS = {
  p50: { queueUs: 150, batchUs: 240, inferUs: 690, totalUs: 1080 },
  p99: { queueUs: 900, batchUs: 1600, inferUs: 2300, totalUs: 4800 },
};
