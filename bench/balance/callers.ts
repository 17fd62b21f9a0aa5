/**
 * The callers of the load: each asks one question at a time and reports losses of its connections. They know nothing of
 * hubs and nginx.
 */

import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import {
  connect,
  isTickcastError,
  predictOverHttp,
  type TickcastClient,
  type TransportName,
} from '../../client/index.js';
import { within } from '../harness/deadline.js';

export interface Loss {
  readonly at: number;
  /** The lost connection's id, if it identifies its hub. */
  readonly socket: string | undefined;
  readonly reason: string;
}

export interface Caller {
  readonly losses: readonly Loss[];
  /** Requests repeated by the caller itself, because their connection was lost before the answer. */
  readonly repeated: number;
  open(): Promise<void>;
  /** Resolves with the prediction; rejects with what was wrong. */
  ask(input: readonly number[]): Promise<unknown>;
  close(): void;
}

/** An answer later than this, in milliseconds, counts as never. */
const ANSWER_MS = 20_000;

export const KINDS = {
  'REST, kept connection': (url: string) => new HttpCaller(url),
  'REST, predictOverHttp': (url: string) => new FetchCaller(url),
  'SDK, WebSocket': (url: string) => new SdkCaller(url, ['websocket']),
  'SDK, polling': (url: string) => new SdkCaller(url, ['polling']),
  'plain, WebSocket': (url: string) => new PlainCaller(url, ['websocket']),
  'plain, polling': (url: string) => new PlainCaller(url, ['polling']),
  // As a stock client does.
  'plain, both': (url: string) => new PlainCaller(url, ['polling', 'websocket']),
} as const satisfies Record<string, (url: string) => Caller>;

export type Kind = keyof typeof KINDS;

/**
 * Node's own HTTP on one connection. Repeats a request when a previously used connection is closed instead of
 * answering, as HTTP clients must: a proxy that closes an idle connection cannot know of the request in transit.
 */
class HttpCaller implements Caller {
  readonly losses: Loss[] = [];
  repeated = 0;
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(url: string) {
    this.#url = url;
  }

  async open(): Promise<void> {}

  async ask(input: readonly number[]): Promise<unknown> {
    const first = this.#post(input);
    const response = await first.response.catch((error: Error) => {
      if (!first.request.reusedSocket || !('code' in error) || error.code !== 'ECONNRESET') throw error;
      this.losses.push({ at: performance.now(), socket: undefined, reason: error.message });
      this.repeated += 1;
      return this.#post(input).response;
    });
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode} ${text.slice(0, 100)}`);
    return JSON.parse(text).prediction;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(input: readonly number[]): { readonly request: ClientRequest; readonly response: Promise<IncomingMessage> } {
    const asked = request(`${this.#url}/predict`, {
      method: 'POST',
      agent: this.#agent,
      headers: { 'content-type': 'application/json' },
      timeout: ANSWER_MS,
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.end(JSON.stringify({ input }));
    return { request: asked, response: once(asked, 'response').then(([response]) => response as IncomingMessage) };
  }
}

class FetchCaller implements Caller {
  readonly losses: readonly Loss[] = [];
  readonly repeated = 0;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async open(): Promise<void> {}

  async ask(input: readonly number[]): Promise<unknown> {
    return (await predictOverHttp(this.#url, input)).prediction;
  }

  close(): void {}
}

class SdkCaller implements Caller {
  readonly losses: Loss[] = [];
  readonly repeated = 0;
  readonly #client: TickcastClient;

  constructor(url: string, transports: readonly TransportName[]) {
    this.#client = connect(url, { transports });
    let isConnected = false;
    this.#client.on('state', ({ state, reason }) => {
      if (isConnected && state === 'reconnecting')
        this.losses.push({ at: performance.now(), socket: undefined, reason });
      isConnected = state === 'connected';
    });
  }

  async open(): Promise<void> {
    await this.#client.ready();
  }

  async ask(input: readonly number[]): Promise<unknown> {
    try {
      return (await this.#client.predict(input)).prediction;
    } catch (error) {
      throw isTickcastError(error) ? new Error(`${error.code} ${error.message}`) : error;
    }
  }

  close(): void {
    this.#client.close();
  }
}

interface Question {
  readonly input: readonly number[];
  readonly resolve: (prediction: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Socket.IO's own client with defaults. Repeats on the next connection what was unanswered on a lost one. */
class PlainCaller implements Caller {
  readonly losses: Loss[] = [];
  repeated = 0;
  readonly #socket: Socket;
  readonly #open = new Map<number, Question>();
  #count = 0;
  #id: string | undefined;

  constructor(url: string, transports: string[]) {
    this.#socket = io(url, { transports, forceNew: true });
    this.#socket.on('connect', () => {
      this.#id = this.#socket.id;
      for (const [id, { input }] of this.#open) this.#socket.emit('predict', { id, input });
    });
    this.#socket.on('disconnect', (reason) => {
      if (reason === 'io client disconnect') return;
      this.losses.push({ at: performance.now(), socket: this.#id, reason });
      this.repeated += this.#open.size;
    });
    this.#socket.on('prediction', ({ id, prediction }: { id: number; prediction: unknown }) => {
      this.#take(id)?.resolve(prediction);
    });
    this.#socket.on('prediction_error', ({ id, code, message }: { id: number; code: string; message: string }) => {
      this.#take(id)?.reject(new Error(`${code} ${message}`));
    });
  }

  async open(): Promise<void> {
    if (!this.#socket.connected)
      await within(ANSWER_MS, 'a plain client’s connecting', once(this.#socket as never, 'connect'));
  }

  ask(input: readonly number[]): Promise<unknown> {
    const id = this.#count++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#open.set(id, { input, resolve, reject });
    });
    // Without a connection, Socket.IO would buffer it, and send it in addition to the repeated request.
    if (this.#socket.connected) this.#socket.emit('predict', { id, input });
    return within(ANSWER_MS, 'an answer', answer).finally(() => this.#open.delete(id));
  }

  close(): void {
    this.#socket.close();
  }

  #take(id: number): Question | undefined {
    const question = this.#open.get(id);
    this.#open.delete(id);
    return question;
  }
}
