/**
 * The one connection of the page: which stream is followed, what became of it, and the hub's clock. Opens the client's
 * subscriptions and closes them. Knows no DOM.
 */

import type { AggregateFrame, HubStatus, StateChange, StreamGap, StreamPosition, StreamWindow } from '@tickcast/client';
import type { HubClient, HubSubscription } from './hub-client.js';
import { authorization } from './hub-token.js';

export interface FeedListener {
  frame(frame: AggregateFrame): void;
  gap(gap: StreamGap): void;
  /** Windows that the hub kept, asked for over HTTP. */
  past(windows: readonly StreamWindow[], windowMs: number): void;
  status(status: HubStatus): void;
  hello(): void;
  /** The connection, the subscription or the hub's plans changed. */
  changed(): void;
}

const PING_MS = 5000;
const FIRST_PING_MS = 700;
/** A hub's clock that is further off than this was set anew, or the page slept. */
const CLOCK_JUMP_MS = 5000;
const HISTORY = 300;

export class Feed {
  readonly #client: HubClient;
  readonly #listener: FeedListener;
  readonly #timer: ReturnType<typeof setInterval>;
  #subscription: HubSubscription | undefined;
  #position: StreamPosition | undefined;
  /** What the hub's clock has over the page's. */
  #skewMs: number | undefined;
  #past: AbortController | undefined;

  stream: string | undefined;
  connection: StateChange = { state: 'connecting', reason: 'first attempt', attempts: 0 };
  /** When the next attempt is due, on the page's own clock, which nobody sets: `performance.now()`. */
  retryAt: number | undefined;
  /** Connections that were lost. */
  reconnects = 0;
  subscribed: 'connecting' | 'waiting' | 'live' | 'ended' = 'connecting';
  /** The code of what ended the subscription, when it was not the page. */
  ending: string | undefined;
  status: HubStatus | undefined;
  /** Until when a draining hub goes on, on the page's clock. */
  drainsAt: number | undefined;
  gaps = 0;
  skippedWindows = 0;
  /** Predictions of the windows shown that the model had no answer to. */
  failed = 0;
  /** When windows were left out last although the page was seen, on the page's clock. */
  slowAt: number | undefined;
  networkUs: number | undefined;

  constructor(client: HubClient, listener: FeedListener) {
    this.#client = client;
    this.#listener = listener;
    client.on('state', (change) => this.#onState(change));
    client.on('hello', () => {
      // Not while the page is busy with what comes first: that would be taken for the network.
      setTimeout(() => void this.#ping(), FIRST_PING_MS);
      listener.hello();
    });
    client.on('goaway', ({ graceMs }) => {
      this.drainsAt = performance.now() + graceMs;
      listener.changed();
    });
    client.watch((status) => {
      this.status = status;
      this.#tellTime(status.at + (this.networkUs ?? 0) / 2000);
      listener.status(status);
    });
    this.#timer = setInterval(() => void this.#ping(), PING_MS);
  }

  /** Now by the hub's clock, in milliseconds since 1970. */
  get hubNow(): number {
    // Until the hub has said what time it is there, this machine's is as good a guess as any.
    return this.#skewMs === undefined ? Date.now() : performance.now() + this.#skewMs;
  }

  get labels(): readonly string[] | undefined {
    return this.#subscription?.labels;
  }

  get model(): string | undefined {
    return this.#subscription?.model;
  }

  get offset(): number | undefined {
    return this.#subscription?.position?.offset ?? this.#position?.offset;
  }

  follow(stream: string): void {
    this.#leave();
    this.stream = stream;
    this.#position = undefined;
    this.#subscribe();
  }

  /** Goes on after the hub ended the subscription, where it ended. */
  resume(): void {
    if (this.stream === undefined || this.ending === undefined) return;
    const position = this.#subscription?.position ?? this.#position;
    this.#leave();
    this.#position = position;
    this.#subscribe();
  }

  retryNow(): void {
    this.#client.retryNow();
  }

  /** Asks for what the hub kept of the stream in windows of this length. */
  async askPast(windowMs: number): Promise<void> {
    const stream = this.stream;
    if (stream === undefined) return;
    const path = `streams/${encodeURIComponent(stream)}/windows?windowMs=${windowMs}`;
    try {
      const signal = AbortSignal.any([this.#pastSignal(), AbortSignal.timeout(10_000)]);
      const answer = await fetch(path, { headers: authorization(), signal });
      if (!answer.ok) return;
      const { windows } = (await answer.json()) as { windows: readonly StreamWindow[] };
      if (stream === this.stream) this.#listener.past(windows, windowMs);
    } catch {
      // A hub that is away is told elsewhere, and the past is asked for again when it is back.
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#leave();
    this.#client.close();
  }

  #pastSignal(): AbortSignal {
    this.#past ??= new AbortController();
    return this.#past.signal;
  }

  #leave(): void {
    this.#past?.abort();
    this.#past = undefined;
    this.#subscription?.close();
    this.#subscription = undefined;
    this.ending = undefined;
    this.slowAt = undefined;
    this.gaps = 0;
    this.skippedWindows = 0;
    this.failed = 0;
  }

  #subscribe(): void {
    if (this.stream === undefined) return;
    const position = this.#position;
    this.subscribed = 'connecting';
    const subscription = this.#client.subscribe(this.stream, {
      mode: 'aggregate',
      windowMs: 1000,
      ...(position === undefined ? { history: HISTORY } : { position }),
    });
    this.#subscription = subscription;
    const isCurrent = (): boolean => this.#subscription === subscription;
    subscription.on('value', (frame) => {
      if (!isCurrent()) return;
      const last = frame.windows.at(-1);
      if (last !== undefined) this.#tellTime(last.at + frame.windowMs);
      for (const { failed } of frame.windows) this.failed += failed;
      this.#listener.frame(frame);
    });
    subscription.on('gap', (gap) => {
      if (!isCurrent()) return;
      this.gaps += 1;
      this.#listener.gap(gap);
    });
    subscription.on('skipped', ({ count }) => {
      if (!isCurrent()) return;
      this.skippedWindows += count;
      if (!document.hidden) this.slowAt = performance.now();
    });
    subscription.on('state', ({ state, error }) => {
      if (!isCurrent()) return;
      this.subscribed = state;
      if (state === 'ended') {
        this.#position = subscription.position;
        this.ending = error?.code ?? 'INTERNAL';
      }
      this.#listener.changed();
    });
    this.#listener.changed();
  }

  #onState(change: StateChange): void {
    if (this.connection.state === 'connected' && change.state === 'reconnecting') this.reconnects += 1;
    this.connection = change;
    this.retryAt = change.retryInMs === undefined ? undefined : performance.now() + change.retryInMs;
    if (change.state !== 'connected') this.drainsAt = undefined;
    this.#listener.changed();
  }

  async #ping(): Promise<void> {
    if (this.connection.state !== 'connected') return;
    try {
      this.networkUs = 1000 * (await this.#client.ping());
    } catch {
      // The connection was lost meanwhile; its state says so.
    }
  }

  /** A message that says what time it is can only be late: the earliest word counts, and is forgotten slowly. */
  #tellTime(hubTime: number): void {
    const skew = hubTime - performance.now();
    const known = this.#skewMs;
    if (known === undefined || Math.abs(skew - known) > CLOCK_JUMP_MS) this.#skewMs = skew;
    else this.#skewMs = Math.max(skew, known - 0.5);
  }
}
