/**
 * The page's single connection: which stream is followed, its state, and the hub's clock. Opens and closes the client's
 * subscriptions. Knows no DOM.
 */

import type { AggregateFrame, HubStatus, StateChange, StreamGap, StreamPosition, StreamWindow } from '@tickcast/client';
import { type Freshness, Sight } from './data/sight.js';
import { HUB_ADDRESS } from './hub-address.js';
import type { HubClient, HubSubscription } from './hub-client.js';
import { authorization } from './hub-token.js';

export interface FeedListener {
  frame(frame: AggregateFrame): void;
  gap(gap: StreamGap): void;
  /** Windows that the hub kept, fetched over HTTP. */
  past(windows: readonly StreamWindow[], windowMs: number): void;
  status(status: HubStatus): void;
  hello(): void;
  /** The connection, the subscription or the hub's plans changed. */
  changed(): void;
}

const PING_MS = 5000;
const FIRST_PING_MS = 700;
/** If the hub's clock moves by more than this, in milliseconds, it was changed, or the page slept. */
const CLOCK_JUMP_MS = 5000;
const HISTORY = 300;

export class Feed {
  readonly #client: HubClient;
  readonly #listener: FeedListener;
  readonly #timer: ReturnType<typeof setInterval>;
  #subscription: HubSubscription | undefined;
  #position: StreamPosition | undefined;
  /** The hub's clock minus the page's, in milliseconds. */
  #skewMs: number | undefined;
  #past: AbortController | undefined;

  stream: string | undefined;
  connection: StateChange = { state: 'connecting', reason: 'first attempt', attempts: 0 };
  /** When the next attempt is due, by `performance.now()`, which nobody can change. */
  retryAt: number | undefined;
  /** Number of lost connections. */
  reconnects = 0;
  subscribed: 'connecting' | 'waiting' | 'live' | 'ended' = 'connecting';
  /** The code of the error that ended the subscription, unless the page ended it. */
  ending: string | undefined;
  status: HubStatus | undefined;
  /** Until when a draining hub serves, on the page's clock. */
  drainsAt: number | undefined;
  gaps = 0;
  skippedWindows = 0;
  /** Failed predictions in the windows shown. */
  failed = 0;
  /** When windows were last left out although the page was visible, on the page's clock. */
  slowAt: number | undefined;
  networkUs: number | undefined;
  readonly #sight = new Sight(
    (item) => this.#subscription?.ageOf(item),
    (drawn) => void requestAnimationFrame(drawn),
  );

  constructor(client: HubClient, listener: FeedListener) {
    this.#client = client;
    this.#listener = listener;
    client.on('state', (change) => this.#onState(change));
    client.on('hello', () => {
      // Not during the page's initial work, whose delay would be attributed to the network.
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

  /** The present by the hub's clock, in milliseconds since 1970. */
  get hubNow(): number {
    // Until the hub has reported its time, this machine's is the best guess.
    return this.#skewMs === undefined ? Date.now() : performance.now() + this.#skewMs;
  }

  /** How old messages are when the page shows them. */
  get freshness(): Freshness | undefined {
    return this.#sight.freshness;
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

  /** Resubscribes after the hub ended the subscription, from where it ended. */
  resume(): void {
    if (this.stream === undefined || this.ending === undefined) return;
    const position = this.#subscription?.position ?? this.#position;
    this.#leave();
    this.#position = position;
    this.#subscribe();
  }

  /** The page is hidden. */
  hide(): void {
    this.#sight.hide();
  }

  retryNow(): void {
    this.#client.retryNow();
  }

  /** Requests the windows of this length that the hub kept. */
  async askPast(windowMs: number): Promise<void> {
    const stream = this.stream;
    if (stream === undefined) return;
    const url = new URL(`streams/${encodeURIComponent(stream)}/windows?windowMs=${windowMs}`, HUB_ADDRESS);
    try {
      const signal = AbortSignal.any([this.#pastSignal(), AbortSignal.timeout(10_000)]);
      const answer = await fetch(url, { headers: authorization(), signal });
      if (!answer.ok) return;
      const { windows } = (await answer.json()) as { windows: readonly StreamWindow[] };
      if (stream === this.stream) this.#listener.past(windows, windowMs);
    } catch {
      // An absent hub is reported elsewhere, and the past is requested again when it is back.
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
    this.#sight.clear();
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
      if (!document.hidden) this.#sight.arrive(frame);
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

  /** A timestamp can only arrive late: the earliest one counts, and is slowly forgotten. */
  #tellTime(hubTime: number): void {
    const skew = hubTime - performance.now();
    const known = this.#skewMs;
    if (known === undefined || Math.abs(skew - known) > CLOCK_JUMP_MS) this.#skewMs = skew;
    else this.#skewMs = Math.max(skew, known - 0.5);
  }
}
