/** The public types of a subscription. */

import type {
  AggregateFrame,
  StreamGap,
  StreamItem,
  StreamMode,
  StreamPosition,
} from '../../shared/stream-protocol.js';
import type { TickcastError } from '../error.js';

/** Options of `subscribe()`. */
export interface SubscribeOptions<Mode extends StreamMode = StreamMode> {
  /**
   * `all`: every item. `sample`: the newest item at each frame. `aggregate`: counts and means per window. @default
   * 'all'
   */
  readonly mode?: Mode | undefined;
  /** Maximum frames per second, 0.1 to 60; invalid with `aggregate`. @default no limit for `all`, 4 for `sample` */
  readonly maxRate?: number | undefined;
  /** How many past items (windows for `aggregate`) come first, 0 to 1,000. @default 20, or 60 for `aggregate` */
  readonly history?: number | undefined;
  /** For `aggregate`: window length in milliseconds, a multiple of 250 from 250 to 60,000. @default 1000 */
  readonly windowMs?: number | undefined;
  /** Where an earlier subscription ended: missed items come first, and `history` is ignored. @default none */
  readonly position?: StreamPosition | undefined;
  /** Ends the subscription when aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Maximum values that wait for a `for await` loop, 2 to 100,000; at half of it the hub is asked to pause. @default
   * 1000
   */
  readonly maxBuffered?: number | undefined;
}

/**
 * `connecting`: disconnected, or the hub has not accepted yet and is asked again automatically. `waiting`: subscribed,
 * and nobody has published yet. `live`: subscribed. `ended`: for good, by `close()`, its signal, or `error`.
 */
export type SubscriptionState = 'connecting' | 'waiting' | 'live' | 'ended';

/** A change of a subscription's state. */
export interface SubscriptionChange {
  readonly state: SubscriptionState;
  /** The reason, for people. */
  readonly reason: string;
  /**
   * With `ended`: the error, unless the program ended it. After `SLOW_VIEWER`, subscribe again with `position` to
   * continue.
   */
  readonly error?: TickcastError;
}

/** Items skipped on purpose: because of the pace, a slow or hidden viewer, or a full buffer. */
export interface Skipped {
  /** Items, or windows for `aggregate`. */
  readonly count: number;
  readonly reason: 'pace' | 'buffer';
}

/** The value type of each mode. */
export type StreamValue<Mode extends StreamMode> = Mode extends 'aggregate' ? AggregateFrame : StreamItem;

/** Events of a subscription and their payloads. */
export interface SubscriptionEvents<Value> {
  /** An item, or a frame of windows for `aggregate`. */
  value: Value;
  /** Items that can no longer be received. */
  gap: StreamGap;
  skipped: Skipped;
  state: SubscriptionChange;
}

/**
 * One program's view of one stream. Values go to the `value` handlers immediately; without a handler, or for a
 * `for await` loop, they are buffered, `maxBuffered` at most. One loop at a time.
 */
export interface Subscription<Mode extends StreamMode = StreamMode> extends AsyncIterable<StreamValue<Mode>> {
  readonly stream: string;
  readonly mode: Mode;
  readonly state: SubscriptionState;
  /** With `ended`: the error, unless the program ended it. */
  readonly error: TickcastError | undefined;
  /** `name@version` whose predictions the stream carries, once known. */
  readonly model: string | undefined;
  /** Labels of that model; undefined when it has none or is not known yet. */
  readonly labels: readonly string[] | undefined;
  /**
   * Everything up to it was delivered to the program. Remains valid after the end: `subscribe(stream, { position })`
   * continues from there.
   */
  readonly position: StreamPosition | undefined;
  readonly stats: SubscriptionStats;
  /** How old the last 1,000 items were when they were handed to the program; undefined until there is one to count. */
  readonly freshness: Freshness | undefined;
  /**
   * Age of an item of this stream now, in milliseconds, from the hub's acceptance of the request that published it; for
   * a page, at the moment it draws. Undefined until the hub has told its time, and with hubs that do not.
   */
  ageOf(item: StreamItem): number | undefined;
  /** Calls `handler` on each event of this name. Returns a function that removes it. */
  on<Name extends keyof SubscriptionEvents<StreamValue<Mode>>>(
    name: Name,
    handler: (event: SubscriptionEvents<StreamValue<Mode>>[Name]) => void,
  ): () => void;
  /**
   * Iterates over the values as they arrive. Ends with the subscription, and throws its `error`, if any; leaving the
   * loop closes the subscription. A second concurrent loop throws a TypeError.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<StreamValue<Mode>, undefined>;
  /** Ends the subscription and any loop; buffered values are dropped. Further calls do nothing. */
  close(): void;
}

/**
 * Age of items when they were handed to the program, from the hub's acceptance of the request that published them, in
 * milliseconds by the hub's clock. That is known to half a round trip. Of windows, the samples are counted. History,
 * and what was published while the page was hidden, is not.
 */
export interface Freshness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many items this is about, 1,000 at most. */
  readonly count: number;
}

/** Counts since the subscription began. */
export interface SubscriptionStats {
  /** Items, or windows for `aggregate`. */
  readonly received: number;
  /** Items skipped on purpose, or windows for `aggregate`. */
  readonly skipped: number;
  /** Number of `gap` events. */
  readonly gaps: number;
  /** Duplicate items of re-sent requests, which were dropped. */
  readonly repeats: number;
  /** Values buffered for a `for await` loop. */
  readonly buffered: number;
}
