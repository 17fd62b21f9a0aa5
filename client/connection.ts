/** One hub's connection over its whole life: attempts, the hello, losses, new attempts. Knows nothing of requests. */

import type { Goaway, Hello, RequestId } from '../shared/protocol.js';
import { PROTOCOL_VERSION } from '../shared/protocol.js';
import { parseGoaway, parseHello, parseWireError } from './answers.js';
import type { ClientClock } from './clock.js';
import { localError, TickcastError } from './error.js';
import type { ResolvedOptions } from './options.js';
import type { OpenSocket, OutgoingRequest, SocketLike, StreamEvent } from './socket.js';

/**
 * `connecting`: the first attempt. `connected`: the hub said hello. `reconnecting`: an attempt failed or the connection was
 * lost, and there will be another. `closed`: by `close()`. `failed`: this hub and this client will never understand one another.
 */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'closed' | 'failed';

/** A change of state, or a further failed attempt. */
export interface StateChange {
  readonly state: ConnectionState;
  /** Why, for people. */
  readonly reason: string;
  /** Attempts that failed since the last hello. */
  readonly attempts: number;
  /** With `reconnecting`: the wait before the next attempt, in milliseconds. */
  readonly retryInMs?: number;
  /** With `failed`: what every request is rejected with. */
  readonly error?: TickcastError;
}

/** What a connection reports. */
export interface ConnectionListener {
  hello(hello: Hello): void;
  /** There is no connection now, whether or not there was one. */
  lost(): void;
  failed(error: TickcastError): void;
  state(change: StateChange): void;
  goaway(notice: Goaway): void;
  /** Answers, as they came. */
  prediction(raw: unknown): void;
  predictionError(raw: unknown): void;
  stream(event: StreamEvent, raw: unknown): void;
}

export interface ConnectionParts {
  readonly url: string;
  readonly session: string;
  readonly options: ResolvedOptions;
  readonly clock: ClientClock;
  /** From 0 to 1; spreads the attempts of many clients. */
  readonly random: () => number;
  readonly openSocket: OpenSocket;
}

export class Connection {
  readonly #parts: ConnectionParts;
  readonly #listener: ConnectionListener;
  readonly #socket: SocketLike;
  #state: ConnectionState = 'connecting';
  #reason = 'first attempt';
  /** Attempts that failed since the last hello. */
  #attempts = 0;
  /** True while nothing is under way but the wait before the next attempt. */
  #resting = false;
  /** The time limit of the attempt under way, or the wait before the next. */
  #timer: { readonly cancel: () => void } | undefined;

  constructor(parts: ConnectionParts, listener: ConnectionListener) {
    this.#parts = parts;
    this.#listener = listener;
    const { url, session, options } = parts;
    this.#socket = parts.openSocket(url, { protocol: PROTOCOL_VERSION, session }, options, {
      hello: (raw) => this.#onHello(raw),
      prediction: (raw) => listener.prediction(raw),
      predictionError: (raw) => listener.predictionError(raw),
      goaway: (raw) => {
        const notice = parseGoaway(raw);
        if (notice !== undefined) listener.goaway(notice);
      },
      stream: (event, raw) => listener.stream(event, raw),
      connectFailed: (reason, data) => this.#onConnectFailed(reason, data),
      disconnected: (reason) => this.#onEnd(`the connection was lost (${reason})`, 0),
    });
  }

  /** Begins the first attempt. To be called once. */
  open(): void {
    this.#attempt();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get base64(): boolean {
    return this.#socket.base64;
  }

  /** Why nothing can be sent; undefined while connected. */
  get obstacle(): string | undefined {
    return this.#state === 'connected' ? undefined : `not connected to ${this.#parts.url}: ${this.#reason}`;
  }

  predict(request: OutgoingRequest): boolean {
    return this.#state === 'connected' && this.#socket.predict(request);
  }

  cancel(id: RequestId): boolean {
    return this.#state === 'connected' && this.#socket.cancel(id);
  }

  send(event: string, payload: unknown, reply?: (raw: unknown) => void): boolean {
    return this.#state === 'connected' && this.#socket.send(event, payload, reply);
  }

  /** Makes the next attempt at once, if one waits for its time. */
  retryNow(): void {
    if (!this.#resting || this.#ended) return;
    this.#timer?.cancel();
    this.#attempt();
  }

  close(): void {
    if (this.#ended) return;
    this.#end();
    this.#enter('closed', 'close() was called');
  }

  get #ended(): boolean {
    return this.#state === 'closed' || this.#state === 'failed';
  }

  #attempt(): void {
    this.#resting = false;
    const { clock, options } = this.#parts;
    this.#timer = clock.setTimer(options.connectTimeoutMs, () => {
      this.#onEnd(`no hello from a Tickcast hub within ${options.connectTimeoutMs} ms`, 0);
    });
    this.#socket.connect();
  }

  #onHello(raw: unknown): void {
    if (this.#ended) return;
    const hello = parseHello(raw);
    if (hello === undefined || hello.protocol !== PROTOCOL_VERSION) {
      const spoken = hello === undefined ? 'a protocol that this client cannot read' : `protocol ${hello.protocol}`;
      const text = `the hub at ${this.#parts.url} speaks ${spoken}, this client speaks protocol ${PROTOCOL_VERSION}; use a client and a hub of the same protocol`;
      this.#fail(localError('INTERNAL', text));
      return;
    }
    this.#timer?.cancel();
    this.#resting = false;
    this.#attempts = 0;
    if (this.#state !== 'connected') this.#enter('connected', `session ${hello.session}`);
    if (this.#state === 'connected') this.#listener.hello(hello);
  }

  /** A hub that refuses says why; everything else is worth another attempt. */
  #onConnectFailed(reason: string, data: unknown): void {
    if (this.#ended) return;
    const refusal = parseWireError(data);
    if (refusal !== undefined && !refusal.retryable) this.#fail(new TickcastError(refusal));
    else this.#onEnd(`the hub cannot be reached (${reason})`, refusal?.retryAfterMs ?? 0);
  }

  /** An attempt or a connection came to its end, and the next attempt is due after a while. */
  #onEnd(reason: string, atLeastMs: number): void {
    if (this.#ended) return;
    this.#timer?.cancel();
    this.#socket.disconnect();
    if (this.#state !== 'connected') this.#attempts += 1;
    const { clock, options, random } = this.#parts;
    const doubled = options.reconnectMinMs * 2 ** Math.min(Math.max(0, this.#attempts - 1), 30);
    const spread = Math.min(doubled, options.reconnectMaxMs) * (0.5 + random());
    const retryInMs = Math.max(spread, atLeastMs);
    this.#resting = true;
    this.#timer = clock.setTimer(retryInMs, () => this.#attempt());
    this.#state = 'reconnecting';
    this.#reason = reason;
    this.#listener.lost();
    // A handler may have closed the client.
    if (!this.#ended) this.#enter('reconnecting', reason, { retryInMs });
  }

  #fail(error: TickcastError): void {
    this.#end();
    if (this.#state !== 'connected') this.#attempts += 1;
    this.#state = 'failed';
    this.#listener.failed(error);
    this.#enter('failed', error.message, { error });
  }

  #end(): void {
    this.#timer?.cancel();
    this.#socket.disconnect();
  }

  #enter(state: ConnectionState, reason: string, extra: Pick<StateChange, 'retryInMs' | 'error'> = {}): void {
    this.#state = state;
    this.#reason = reason;
    this.#listener.state({ state, reason, attempts: this.#attempts, ...extra });
  }
}
