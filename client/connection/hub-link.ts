/**
 * One socket to a hub: an attempt to connect, the hub's hello, the loss, and further attempts on demand. Knows nothing
 * of requests or other links.
 */

import { CAPABILITIES, mismatchText, PROTOCOLS, protocolsOf } from '../../shared/protocol/versions.js';
import { type Goaway, type Hello, PROTOCOL_VERSION, type RequestId } from '../../shared/protocol.js';
import type { TimerClock } from '../../shared/time/deadline-timer.js';
import { localError, TickcastError } from '../error.js';
import type { ResolvedOptions } from '../options.js';
import { askToken } from '../token.js';
import type { RequestChannel } from './channels.js';
import { parseGoaway, parseHello, parseWireError } from './parse-answers.js';
import type {
  AnswerListener,
  OpenSocket,
  OutgoingRequest,
  PayloadOf,
  SentEventName,
  SocketLike,
  StreamEventName,
} from './socket-io.js';

export interface LinkParts {
  readonly url: string;
  readonly session: string;
  readonly options: ResolvedOptions;
  readonly clock: TimerClock;
  /** From 0 to 1; spreads many clients' attempts. */
  readonly random: () => number;
  readonly openSocket: OpenSocket;
  readonly answers: AnswerListener;
}

/** Receives what a link reports, until it is closed. */
export interface LinkListener {
  /** The hub's first message, or changed limits of the same hub. */
  hello(link: HubLink, hello: Hello): void;
  /** The attempt failed or the connection was lost; the next attempt may start in `atLeastMs` at the earliest. */
  ended(link: HubLink, reason: string, atLeastMs: number): void;
  /** This hub and this client are incompatible. */
  refused(link: HubLink, error: TickcastError): void;
  goaway(link: HubLink, notice: Goaway): void;
  /** Nothing sent here is unanswered, and nothing more will be sent here. */
  released(link: HubLink): void;
  stream(link: HubLink, event: StreamEventName, raw: unknown): void;
}

/** A token from a function may expire in transit, so this many refusals in a row are tolerated. */
const MAX_REFUSED_TOKENS = 3;

export class HubLink implements RequestChannel {
  readonly #parts: LinkParts;
  readonly #listener: LinkListener;
  readonly #socket: SocketLike;
  /** `open` from the hello until the loss. */
  #state: 'idle' | 'trying' | 'open' | 'closed' = 'idle';
  /** The time limit of the attempt under way. */
  #timer: { readonly cancel: () => void } | undefined;
  /** Counts attempts, so that a token fetched for an earlier one is dropped. */
  #attempt = 0;
  #refusedTokens = 0;
  /** The hub's reason for closing the connection, sent beforehand. */
  #lastWord: string | undefined;

  constructor(parts: LinkParts, listener: LinkListener) {
    this.#parts = parts;
    this.#listener = listener;
    const { url, session, options } = parts;
    this.#socket = parts.openSocket(
      url,
      { protocol: PROTOCOL_VERSION, protocols: PROTOCOLS, capabilities: CAPABILITIES, session },
      options,
      {
        answers: parts.answers,
        hello: (raw) => this.#onHello(raw),
        goaway: (raw) => {
          const notice = parseGoaway(raw);
          if (notice !== undefined && this.#state === 'open') listener.goaway(this, notice);
        },
        closing: (raw) => {
          this.#lastWord = parseWireError(raw)?.message;
        },
        stream: (event, raw) => listener.stream(this, event, raw),
        connectFailed: (reason, data) => this.#onConnectFailed(reason, data),
        disconnected: (reason) => this.#onEnd(`the connection was lost (${this.#lastWord ?? reason})`, 0),
      },
    );
  }

  get base64(): boolean {
    return this.#socket.base64;
  }

  /** Starts an attempt; none may be under way. */
  attempt(): void {
    const { clock, options } = this.#parts;
    this.#state = 'trying';
    this.#timer = clock.setTimer(options.connectTimeoutMs, () => {
      this.#onEnd(`no hello from a Tickcast hub within ${options.connectTimeoutMs} ms`, 0);
    });
    this.#lastWord = undefined;
    const { token } = options;
    if (typeof token === 'function') this.#connectWith(token);
    else this.#socket.connect(token);
  }

  predict(request: OutgoingRequest): boolean {
    return this.#state === 'open' && this.#socket.predict(request);
  }

  cancel(id: RequestId): boolean {
    return this.#state === 'open' && this.#socket.cancel(id);
  }

  send<Name extends SentEventName>(event: Name, payload: PayloadOf<Name>, reply?: (raw: unknown) => void): boolean {
    return this.#state === 'open' && this.#socket.send(event, payload, reply);
  }

  release(): void {
    this.#listener.released(this);
  }

  /** Closes the link for good. Reports nothing. */
  close(): void {
    const isBusy = this.#state === 'trying' || this.#state === 'open';
    if (isBusy) this.#rest();
    this.#state = 'closed';
  }

  #connectWith(token: Parameters<typeof askToken>[0]): void {
    this.#attempt += 1;
    const attempt = this.#attempt;
    const isCurrent = (): boolean => this.#attempt === attempt && this.#state === 'trying';
    askToken(token).then(
      (given) => {
        if (isCurrent()) this.#socket.connect(given);
      },
      ({ message }: TickcastError) => {
        if (isCurrent()) this.#onEnd(message, 0);
      },
    );
  }

  #onHello(raw: unknown): void {
    if (this.#state === 'closed') return;
    const hello = parseHello(raw);
    if (hello === undefined) {
      return this.#refuse(localError('PROTOCOL_MISMATCH', `the hello of ${this.#parts.url} cannot be read`));
    }
    // The hub's choice, or all that an older one speaks.
    const { protocol } = hello;
    if (protocol < PROTOCOLS[0] || protocol > PROTOCOLS[1]) {
      const text = mismatchText(protocolsOf(hello) ?? [protocol, protocol], PROTOCOLS);
      return this.#refuse(localError('PROTOCOL_MISMATCH', `${this.#parts.url}: ${text}`));
    }
    this.#timer?.cancel();
    this.#state = 'open';
    this.#refusedTokens = 0;
    this.#listener.hello(this, hello);
  }

  /** A hub that refuses gives its reason; any other failure is worth another attempt. */
  #onConnectFailed(reason: string, data: unknown): void {
    if (this.#state === 'closed') return;
    const refusal = parseWireError(data);
    if (refusal?.code === 'UNAUTHENTICATED' && this.#hasAnotherToken()) this.#onEnd(refusal.message, 0);
    else if (refusal !== undefined && !refusal.retryable) this.#refuse(new TickcastError(refusal));
    else this.#onEnd(refusal?.message ?? reason, refusal?.retryAfterMs ?? 0);
  }

  #hasAnotherToken(): boolean {
    this.#refusedTokens += 1;
    return typeof this.#parts.options.token === 'function' && this.#refusedTokens < MAX_REFUSED_TOKENS;
  }

  #refuse(error: TickcastError): void {
    this.#rest();
    this.#listener.refused(this, error);
  }

  #onEnd(reason: string, atLeastMs: number): void {
    if (this.#state === 'closed') return;
    this.#rest();
    this.#listener.ended(this, reason, atLeastMs);
  }

  #rest(): void {
    this.#state = 'idle';
    this.#timer?.cancel();
    this.#socket.disconnect();
  }
}

/**
 * The wait after this many consecutive failures, in milliseconds: doubles up to its maximum, with a jitter of half
 * either way.
 */
export function retryDelayMs({ options, random }: LinkParts, failures: number, atLeastMs: number): number {
  const doubled = options.reconnectMinMs * 2 ** Math.min(Math.max(0, failures - 1), 30);
  return Math.max(Math.min(doubled, options.reconnectMaxMs) * (0.5 + random()), atLeastMs);
}
