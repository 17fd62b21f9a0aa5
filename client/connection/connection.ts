/**
 * One client's connection over its whole life: attempts, losses, retries, and the move to another hub when one drains.
 * Knows nothing of requests.
 */

import type { Goaway, Hello } from '../../shared/protocol.js';
import type { TickcastError } from '../error.js';
import type { RequestChannel, StreamChannel } from './channels.js';
import { HandOver } from './hand-over.js';
import { HubLink, type LinkListener, type LinkParts, retryDelayMs } from './hub-link.js';
import type { PayloadOf, SentEventName, StreamEventName } from './socket-io.js';

/**
 * `connecting`: the first attempt. `connected`: the hub said hello. `reconnecting`: an attempt failed or the connection
 * was lost, and another attempt follows. `closed`: by `close()`. `failed`: the hub refuses this client, or the first one
 * that it meets is incompatible.
 */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'closed' | 'failed';

/** A change of state, or another failed attempt. */
export interface StateChange {
  readonly state: ConnectionState;
  /** The reason, for people. */
  readonly reason: string;
  /** Failed attempts since the last hello. */
  readonly attempts: number;
  /** With `reconnecting`: the wait before the next attempt, in milliseconds; 0 when it is under way. */
  readonly retryInMs?: number;
  /**
   * With `failed`: the error that every request is rejected with. With `reconnecting`: the hub speaks none of this
   * client's versions (PROTOCOL_MISMATCH). The client goes on trying; a page that is loaded anew may bring another.
   */
  readonly error?: TickcastError;
}

/** Receives what a connection reports. */
export interface ConnectionListener {
  /**
   * Requests use this channel from now on. Requests sent on another channel are still answered there, unless it is
   * `lost`.
   */
  hello(hello: Hello, channel: RequestChannel): void;
  /** Requests sent on this channel and not yet answered will not be answered. */
  lost(channel: RequestChannel): void;
  failed(error: TickcastError): void;
  state(change: StateChange): void;
  goaway(notice: Goaway): void;
  stream(event: StreamEventName, raw: unknown): void;
}

/** One client's connection to its hub. */
export class Connection implements StreamChannel {
  readonly #parts: LinkParts;
  readonly #listener: ConnectionListener;
  readonly #links: LinkListener;
  readonly #handOver: HandOver;
  /** The link that requests use. */
  #current: HubLink;
  /** The previous link during a hand-over, while something sent there is unanswered. */
  #old: HubLink | undefined;
  #state: ConnectionState = 'connecting';
  #reason = 'first attempt';
  /** Failed attempts since the last hello. */
  #attempts = 0;
  /** Whether a hub has ever said hello. */
  #wasServed = false;
  /** The wait before the next attempt, while nothing else is under way. */
  #rest: { readonly cancel: () => void } | undefined;

  constructor(parts: LinkParts, listener: ConnectionListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#links = {
      hello: (link, hello) => this.#onHello(link, hello),
      ended: (link, reason, atLeastMs) => this.#onEnd(link, reason, atLeastMs),
      refused: (link, error) => {
        // A hub of other versions took the place of one that served, or comes beside it: a deployment that may be
        // under way, or be taken back.
        const isReplaced = this.#wasServed && error.code === 'PROTOCOL_MISMATCH';
        if (link === this.#current && !isReplaced) this.#fail(error);
        else this.#onEnd(link, error.message, 0, { error });
      },
      goaway: (link, notice) => this.#onGoaway(link, notice),
      released: (link) => this.#onReleased(link),
      stream: (link, event, raw) => {
        // Subscriptions move to the current link; frames of any other link would be duplicates.
        if (link === this.#current) listener.stream(event, raw);
      },
    };
    this.#current = new HubLink(parts, this.#links);
    this.#handOver = new HandOver(parts, () => new HubLink(parts, this.#links));
  }

  /** Starts the first attempt. Call once. */
  open(): void {
    this.#current.attempt();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why nothing can be sent; undefined while connected. */
  get obstacle(): string | undefined {
    return this.#state === 'connected' ? undefined : `not connected to ${this.#parts.url}: ${this.#reason}`;
  }

  send<Name extends SentEventName>(event: Name, payload: PayloadOf<Name>, reply?: (raw: unknown) => void): boolean {
    return this.#state === 'connected' && this.#current.send(event, payload, reply);
  }

  /** Makes the next attempt immediately, if one is scheduled. */
  retryNow(): void {
    if (this.#rest === undefined || this.#ended) return;
    this.#rest.cancel();
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
    this.#rest = undefined;
    this.#current.attempt();
  }

  #onHello(link: HubLink, hello: Hello): void {
    const older = this.#handOver.owns(link) ? this.#moveTo(link) : undefined;
    if (link !== this.#current) return;
    this.#rest?.cancel();
    this.#rest = undefined;
    this.#attempts = 0;
    this.#wasServed = true;
    if (this.#state !== 'connected') this.#enter('connected', `session ${hello.session}`);
    if (this.#state === 'connected') this.#listener.hello(hello, link);
    if (older !== undefined) this.#drop(older);
  }

  /** The second link is connected and becomes the current one. Returns a link that is now superfluous. */
  #moveTo(next: HubLink): HubLink | undefined {
    this.#handOver.take();
    const older = this.#old;
    this.#old = this.#current;
    this.#current = next;
    return older;
  }

  #onGoaway(link: HubLink, notice: Goaway): void {
    if (link !== this.#current) return;
    this.#handOver.begin(notice.graceMs);
    this.#listener.goaway(notice);
  }

  #onReleased(link: HubLink): void {
    if (link !== this.#old) return;
    this.#old = undefined;
    link.close();
  }

  /** An attempt failed or a connection was lost. */
  #onEnd(link: HubLink, reason: string, atLeastMs: number, extra: Pick<StateChange, 'error'> = {}): void {
    if (this.#handOver.owns(link)) this.#handOver.failed(atLeastMs);
    else if (link === this.#old) this.#drop(link);
    else if (link === this.#current) this.#onLost(reason, atLeastMs, extra);
  }

  /** Drops a link with unanswered requests. */
  #drop(link: HubLink): void {
    if (link === this.#old) this.#old = undefined;
    link.close();
    this.#listener.lost(link);
  }

  /** Disconnected: schedules the next attempt, unless one is under way already. */
  #onLost(reason: string, atLeastMs: number, extra: Pick<StateChange, 'error'>): void {
    if (this.#state !== 'connected') this.#attempts += 1;
    const lost = this.#current;
    const next = this.#handOver.take();
    let retryInMs = 0;
    if (next === undefined) {
      retryInMs = retryDelayMs(this.#parts, this.#attempts, atLeastMs);
      this.#rest = this.#parts.clock.setTimer(retryInMs, () => this.#attempt());
    } else {
      lost.close();
      this.#current = next;
    }
    this.#state = 'reconnecting';
    this.#reason = reason;
    this.#listener.lost(lost);
    // A handler may have closed the client.
    if (!this.#ended) this.#enter('reconnecting', reason, { retryInMs, ...extra });
  }

  #fail(error: TickcastError): void {
    if (this.#state !== 'connected') this.#attempts += 1;
    this.#end();
    this.#state = 'failed';
    this.#listener.failed(error);
    this.#enter('failed', error.message, { error });
  }

  #end(): void {
    this.#rest?.cancel();
    this.#handOver.cancel();
    this.#old?.close();
    this.#old = undefined;
    this.#current.close();
  }

  #enter(state: ConnectionState, reason: string, extra: Pick<StateChange, 'retryInMs' | 'error'> = {}): void {
    this.#state = state;
    this.#reason = reason;
    this.#listener.state({ state, reason, attempts: this.#attempts, ...extra });
  }
}
