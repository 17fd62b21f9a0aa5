/** Subscriptions that several components share: one a stream and client, ended with its last listener. */

import type { StreamGap, StreamMode } from '../../shared/stream-protocol.js';
import type { TickcastError } from '../error.js';
import type { StreamValue, SubscribeOptions, Subscription, SubscriptionState } from '../streams/types.js';
import { isSame } from './use-kept.js';

/** What a component hears of a stream. */
export interface StreamListener<Mode extends StreamMode> {
  value(value: StreamValue<Mode>): void;
  gap(gap: StreamGap): void;
  state(state: SubscriptionState, error: TickcastError | undefined): void;
}

/** What is needed of a client, whatever its models. */
export interface StreamClient {
  subscribe<Mode extends StreamMode>(stream: string, options: SubscribeOptions<Mode>): Subscription<Mode>;
}

interface Shared {
  readonly subscription: Subscription;
  readonly options: object;
  readonly listeners: Set<StreamListener<StreamMode>>;
}

const byClient = new WeakMap<StreamClient, SharedStreams>();

export class SharedStreams {
  readonly #client: StreamClient;
  readonly #streams = new Map<string, Shared>();

  private constructor(client: StreamClient) {
    this.#client = client;
  }

  static of(client: StreamClient): SharedStreams {
    const known = byClient.get(client) ?? new SharedStreams(client);
    byClient.set(client, known);
    return known;
  }

  /**
   * Adds a listener; returns a function that removes it. Throws as `subscribe` does: ALREADY_SUBSCRIBED also for a
   * stream that is viewed with other options.
   */
  add<Mode extends StreamMode>(
    stream: string,
    options: SubscribeOptions<Mode>,
    listener: StreamListener<Mode>,
  ): () => void {
    const open = this.#streams.get(stream);
    const isShared = open !== undefined && open.subscription.state !== 'ended' && isSame(open.options, options);
    const shared = isShared ? open : this.#open(stream, options);
    // The mode is one of the options, so all listeners of a subscription have the same.
    const entry = { ...listener } as StreamListener<StreamMode>;
    shared.listeners.add(entry);
    listener.state(shared.subscription.state, shared.subscription.error);
    return () => {
      if (!shared.listeners.delete(entry) || shared.listeners.size > 0) return;
      if (this.#streams.get(stream) === shared) this.#streams.delete(stream);
      shared.subscription.close();
    };
  }

  #open<Mode extends StreamMode>(stream: string, options: SubscribeOptions<Mode>): Shared {
    const subscription = this.#client.subscribe(stream, options) as Subscription;
    const shared: Shared = { subscription, options, listeners: new Set() };
    this.#streams.set(stream, shared);
    const each = (tell: (listener: StreamListener<StreamMode>) => void): void => {
      for (const listener of [...shared.listeners]) tell(listener);
    };
    subscription.on('value', (value) => each((listener) => listener.value(value)));
    subscription.on('gap', (gap) => each((listener) => listener.gap(gap)));
    subscription.on('state', ({ state, error }) => each((listener) => listener.state(state, error)));
    return shared;
  }
}
