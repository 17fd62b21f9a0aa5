/** What a program says to, and hears from, a subscription. */

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
  /** `all`: every item. `sample`: the newest at each frame. `aggregate`: counts and means by window. @default 'all' */
  readonly mode?: Mode | undefined;
  /** Most frames a second, 0.1 to 60; not for `aggregate`. Default: none for `all`, 4 for `sample`. */
  readonly maxRate?: number | undefined;
  /** How many of the last items (windows, for `aggregate`) come first, 0 to 1000. @default 20, for `aggregate` 60 */
  readonly history?: number | undefined;
  /** For `aggregate`: a multiple of 250 from 250 to 60000, in milliseconds. @default 1000 */
  readonly windowMs?: number | undefined;
  /** Where an earlier subscription ended; what was missed since comes first, and `history` is not used. */
  readonly position?: StreamPosition | undefined;
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
  /** Most items that wait for a `for await` loop; at half of it the hub is asked to hold back. 2 to 100000. @default 1000 */
  readonly maxBuffered?: number | undefined;
}

/**
 * `connecting`: there is no connection, or the hub has not answered yet; it is asked again by itself. `waiting`: subscribed, and
 * nobody has published yet. `live`: subscribed. `ended`: for good, by `close()`, its signal, or `error`.
 */
export type SubscriptionState = 'connecting' | 'waiting' | 'live' | 'ended';

/** A change of a subscription's state. */
export interface SubscriptionChange {
  readonly state: SubscriptionState;
  /** Why, for people. */
  readonly reason: string;
  /** With `ended`: what ended it, unless it was the program. `SLOW_VIEWER`: subscribe again with `position` to go on. */
  readonly error?: TickcastError;
}

/** Items that were left out on purpose: by the pace, because the viewer was slow or hidden, or because its buffer was full. */
export interface Skipped {
  /** Items, or windows for `aggregate`. */
  readonly count: number;
  readonly reason: 'pace' | 'buffer';
}

/** What a value of the stream is in each mode. */
export type StreamValue<Mode extends StreamMode> = Mode extends 'aggregate' ? AggregateFrame : StreamItem;

/** Events of a subscription and what their handlers are given. */
export interface SubscriptionEvents<Value> {
  /** An item, or a frame of windows for `aggregate`. */
  value: Value;
  gap: StreamGap;
  skipped: Skipped;
  state: SubscriptionChange;
}

/**
 * One program's view of one stream. Values go to the `value` handlers at once; without one, and for a `for await` loop, they wait,
 * `maxBuffered` at most. One loop at a time.
 */
export interface Subscription<Mode extends StreamMode = StreamMode> extends AsyncIterable<StreamValue<Mode>> {
  readonly stream: string;
  readonly mode: Mode;
  readonly state: SubscriptionState;
  /** With `ended`: what ended it, unless it was the program. */
  readonly error: TickcastError | undefined;
  /** `name@version` whose predictions the stream carries, once known. */
  readonly model: string | undefined;
  readonly labels: readonly string[] | undefined;
  /** All up to it was handed to the program. Also after the end: `subscribe(stream, { position })` goes on from there. */
  readonly position: StreamPosition | undefined;
  readonly stats: SubscriptionStats;
  /** Calls `handler` at each event of this name; the function returned ends that. */
  on<Name extends keyof SubscriptionEvents<StreamValue<Mode>>>(
    name: Name,
    handler: (event: SubscriptionEvents<StreamValue<Mode>>[Name]) => void,
  ): () => void;
  /** The values as they come. Ends with the subscription, and throws what ended it; leaving the loop closes the subscription. */
  [Symbol.asyncIterator](): AsyncIterableIterator<StreamValue<Mode>, undefined>;
  /** Ends the subscription. A loop ends too; what waits for it is dropped. Further calls do nothing. */
  close(): void;
}

/** Counts of one subscription since it began. */
export interface SubscriptionStats {
  /** Items, or windows for `aggregate`. */
  readonly received: number;
  readonly skipped: number;
  readonly gaps: number;
  /** Items of a re-sent request that had come before, and were dropped. */
  readonly repeats: number;
  /** Waiting for a `for await` loop. */
  readonly buffered: number;
}
