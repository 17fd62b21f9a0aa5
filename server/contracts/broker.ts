/**
 * What keeps streams: the seam behind which they are in this process, or in a server that several hubs share. A broker numbers and dates
 * what is published, keeps the last of it, and tells the hub that reads a stream. Predictions never wait for it.
 */

import type { ReceiptParts, WordWeight } from '../../shared/protocol.js';
import type { SampleItem, StreamItem } from '../../shared/stream-protocol.js';
import type { Clock } from './clock.js';
import type { CastPrediction, CastSource } from './streams.js';

/** One prediction in a stream. */
export interface CastItem {
  readonly item: StreamItem;
  readonly offset: number;
  /** Where its time went. */
  readonly receipt: ReceiptParts | undefined;
  /** The words that weighed most, once somebody has asked for them. */
  words: readonly WordWeight[] | undefined;
  /** An upper bound of the memory it takes, roughly. */
  readonly bytes: number;
  /** `item` as JSON, made once however many viewers get it. */
  readonly json: string;
  /** With the words that weighed most, where they are known. */
  readonly sample: SampleItem;
}

/** Who reads a stream: told of each item once, in the order of offsets, which have no holes. */
export interface StreamReader {
  item(item: CastItem): void;
  /** Predictions that would have been items, had the model had an answer. `at`: milliseconds since 1970. */
  failed(count: number, at: number): void;
}

/** One stream of a broker, opened by a hub. What is kept can be read at once, without a promise. */
export interface StreamLog {
  /** Names this life of the stream: its offsets count from 1 under it. Letters, digits and one dot. */
  readonly epoch: string;
  /** Offset of the oldest item that is kept; one more than {@link last} when none is. */
  readonly first: number;
  /** Offset of the newest item; 0 before the first. */
  readonly last: number;
  /** The items from one offset to another, both included, of those that are kept. */
  slice(from: number, to: number): readonly CastItem[];
  /** Takes a prediction. Never waits and never throws; its reader is told in this call or later. */
  publish(prediction: CastPrediction, source: CastSource): void;
  /** Counts predictions that failed. */
  fail(count: number): void;
  /** The hub reads and publishes it no more. */
  close(): void;
}

/** What a broker is opened with, at this hub. */
export interface BrokerParts {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  /** Mark of this hub, the same over restarts: letters and digits. */
  readonly mark: string;
  /** A new random name, for an epoch: letters and digits. */
  readonly nonce: () => string;
  /** Items that a stream keeps. */
  readonly maxItems: number;
  /** Bytes of items that a stream keeps, about. */
  readonly maxBytes: number;
}

export interface Broker {
  /** The time that streams tell, in milliseconds since 1970. Never steps back. */
  now(): number;
  /** Called often: lets that time follow the wall clock. True when it went on by a jump. */
  follow(): boolean;
  /** Opens a stream, which is made if it is not there. Its reader is not called before this has returned: what is there already is kept. */
  open(stream: string, reader: StreamReader): StreamLog;
  /** Whether this broker made an epoch, now or before it was started again: then a viewer's position was lost, and is not elsewhere. */
  isOwn(epoch: string): boolean;
  close(): void;
}
