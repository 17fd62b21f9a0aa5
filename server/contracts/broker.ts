/**
 * Keeps streams: the seam between the hub and their storage, which is this process or a server shared by several hubs.
 * A broker numbers and dates what is published, retains the newest items, and delivers them to the hub that reads a
 * stream. Predictions never wait for it.
 */

import type { ReceiptParts, WordWeight } from '../../shared/protocol.js';
import type { SampleItem, StreamItem } from '../../shared/stream-protocol.js';
import type { Clock } from './clock.js';
import type { CastPrediction, CastSource } from './streams.js';

/** One prediction in a stream. */
export interface CastItem {
  readonly item: StreamItem;
  readonly offset: number;
  /** The receipt of its request. */
  readonly receipt: ReceiptParts | undefined;
  /** The words that weighed most, once they have been requested. */
  words: readonly WordWeight[] | undefined;
  /** Approximate memory use, in bytes: an upper bound. */
  readonly bytes: number;
  /** `item` as JSON, serialised once for all viewers. */
  readonly json: string;
  /** The item with the words that weighed most, where they are known. */
  readonly sample: SampleItem;
}

/** Reads a stream: called once per item, in the order of offsets, without gaps. */
export interface StreamReader {
  item(item: CastItem): void;
  /** Predictions that produced no item because they failed. `at`: milliseconds since 1970. */
  failed(count: number, at: number): void;
}

/** One stream of a broker, opened by a hub. Retained items are readable synchronously. */
export interface StreamLog {
  /** Identifies this incarnation of the stream, in which offsets count from 1. Letters, digits and one dot. */
  readonly epoch: string;
  /** Offset of the oldest retained item; {@link last} + 1 when there is none. */
  readonly first: number;
  /** Offset of the newest item; 0 before the first. */
  readonly last: number;
  /** The retained items between two offsets, inclusive. */
  slice(from: number, to: number): readonly CastItem[];
  /** Publishes a prediction. Never waits and never throws; the reader is called during this call or later. */
  publish(prediction: CastPrediction, source: CastSource): void;
  /** Counts predictions that failed. */
  fail(count: number): void;
  /** Forgets all retained items, wherever they are kept; offsets go on. */
  erase(): void;
  /** Stops reading and publishing. */
  close(): void;
}

/** What a hub opens a broker with. */
export interface BrokerParts {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  /** Identifies this hub across restarts: letters and digits. */
  readonly mark: string;
  /** Returns a new random name for an epoch: letters and digits. */
  readonly nonce: () => string;
  /** Items retained per stream. */
  readonly maxItems: number;
  /** Bytes of items retained per stream, approximately. */
  readonly maxBytes: number;
  /** Age beyond which items are not retained, in milliseconds; undefined: whatever their age. */
  readonly maxAgeMs?: number | undefined;
}

/** Keeps the streams of one hub. */
export interface Broker {
  /** The time of streams, in milliseconds since 1970. Never steps back. */
  now(): number;
  /** Lets that time follow the wall clock, and forgets items that are too old; called often. True when it jumped forward. */
  follow(): boolean;
  /**
   * Opens a stream, creating it if necessary. The reader is not called before this returns, nor for items retained
   * already.
   */
  open(stream: string, reader: StreamReader): StreamLog;
  /**
   * Whether this broker created an epoch, possibly before a restart: then a viewer's position is lost rather than at
   * another hub.
   */
  isOwn(epoch: string): boolean;
  close(): void;
}
