/** Streams on the wire: what viewers ask for and what they are sent. PROTOCOL.md says the same in prose. */

import type { WireError } from './errors.js';
import type { PredictionValue, ReceiptParts, RequestId, WordWeight } from './protocol.js';

/** `all`: every item, in frames. `sample`: the newest item at each frame. `aggregate`: counts, means and receipts by window. */
export type StreamMode = 'all' | 'sample' | 'aggregate';

/** A place in a stream: the item with this offset, and all before it, have been seen. */
export interface StreamPosition {
  /** Drawn at random when a hub creates the stream, behind a mark of that hub: offsets of two epochs say nothing of one another. */
  readonly epoch: string;
  /** Offsets count from 1, without holes; 0 is before the first. */
  readonly offset: number;
}

export interface SubscribeRequest {
  readonly stream: string;
  /** @default 'all' */
  readonly mode?: StreamMode;
  /** Most frames a second, 0.1 to 60. Default: no limit for `all`, 4 for `sample`; not for `aggregate`. */
  readonly maxRate?: number;
  /** How many of the last items (windows, for `aggregate`) come at once; 0 to 1,000. @default 20 (for `aggregate` 60) */
  readonly history?: number;
  /** For `aggregate`: length of a window, a multiple of 250 from 250 to 60,000. @default 1000 */
  readonly windowMs?: number;
  /** Where an earlier subscription ended: what was missed since comes first, or `gap` says what cannot. Replaces `history`. */
  readonly position?: StreamPosition;
}

/** The answer to `subscribe`. */
export interface Subscribed {
  readonly stream: string;
  readonly mode: StreamMode;
  /** Where the viewer stands before the first frame. Undefined while nobody has published to the stream. */
  readonly position?: StreamPosition;
  /** `name@version` whose predictions the stream carries, and its labels, once it has been published to. */
  readonly model?: string;
  readonly labels?: readonly string[];
}

/** One prediction as it is cast. */
export interface StreamItem {
  readonly offset: number;
  /** When it was cast: milliseconds since 1970 by the hub's clock. Never less than that of the item before. */
  readonly at: number;
  /** Who published it: a public mark of its session, the same over reconnects. */
  readonly from: string;
  /** The request's id, where its session outlives its connection: with `from` and `row` it tells a repeat of a re-sent request. */
  readonly id?: RequestId;
  /** Place in its request, for a request that was a batch. */
  readonly row?: number;
  /** With a text model: the text, at most 2,000 characters of it. */
  readonly text?: string;
  /** Characters of the whole text, where it was cut. */
  readonly textLength?: number;
  readonly prediction: PredictionValue;
  readonly model: string;
  readonly label?: string;
  readonly score?: number;
}

/** Event `cast`: neighbouring items of one stream, oldest first. */
export interface CastFrame {
  readonly stream: string;
  readonly epoch: string;
  /** Items left out before the first of these, by the viewer's pace or because it was slow. */
  readonly skipped: number;
  readonly items: readonly StreamItem[];
}

/** An item that stands for its window, with the words that weighed most, at most three. */
export interface SampleItem extends StreamItem {
  readonly words?: readonly WordWeight[];
}

/** What happened on a stream in one window. */
export interface StreamWindow {
  /** Start of the window: milliseconds since 1970 by the hub's clock, a multiple of `windowMs`. More than that of the window before. */
  readonly at: number;
  /** Offset of the last item before the window's end. The window holds the `count` items up to it. */
  readonly offset: number;
  readonly count: number;
  /** Predictions that are no items, because the model failed on them or answered with NaN or infinity. */
  readonly failed: number;
  /** Items a second. */
  readonly rate: number;
  /** For each label: how many items had it as their best, and the mean of its score over all items. Empty without labels. */
  readonly labels: Readonly<Record<string, { readonly count: number; readonly mean: number }>>;
  /** Receipts at the 50th and 99th percentile of `totalUs`: mean parts of the items around it. Absent without items or receipts. */
  readonly p50?: ReceiptParts;
  readonly p99?: ReceiptParts;
  /** A few items of the window, newest last. Absent in history. */
  readonly samples?: readonly SampleItem[];
}

/** Event `aggregate`: windows of one stream, oldest first. */
export interface AggregateFrame {
  readonly stream: string;
  readonly epoch: string;
  readonly windowMs: number;
  /** `name@version` whose predictions these are. */
  readonly model: string;
  /** Windows left out before the first of these, because the viewer was hidden or slow. */
  readonly skipped: number;
  readonly windows: readonly StreamWindow[];
}

/**
 * Event `gap`: items that a viewer cannot be given any more. `evicted`: `missed` items, `from` to `to`, have left the ring.
 * `restarted`: the hub, or the stream on it, began anew; `moved`: this is another hub. Then nobody knows how many were missed,
 * and what follows is a fresh snapshot.
 */
export type StreamGap =
  | {
      readonly stream: string;
      readonly epoch: string;
      readonly reason: 'evicted';
      readonly missed: number;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly stream: string;
      /** The epoch that begins; undefined while nobody has published to the stream again. */
      readonly epoch?: string;
      readonly reason: 'restarted' | 'moved';
      readonly missed: null;
    };

/** Event `unsubscribed`: the hub ended a subscription, and why. */
export interface Unsubscribed extends WireError {
  readonly stream: string;
  /** How far the viewer was served: to be given as `position` by who subscribes again. */
  readonly position?: StreamPosition;
}

/** Event `pace`, from a viewer. */
export interface PaceRequest {
  /** The page cannot be seen: every subscription of this connection gets at most one frame a second, the newest. */
  readonly hidden?: boolean;
  /** With `paused`: which subscription. */
  readonly stream?: string;
  /** No frames until it is false again; then what was missed. */
  readonly paused?: boolean;
}

/** One stream in a list. */
export interface StreamDescription {
  readonly stream: string;
  readonly epoch: string;
  /** Offset of its last item. */
  readonly offset: number;
  readonly model: string;
  readonly labels?: readonly string[];
  /** Items a second, over the last second. */
  readonly rate: number;
  readonly viewers: number;
  /** When the last item was cast, in milliseconds since 1970. */
  readonly lastAt: number;
}

/** Event `status`, once a second to who asked by `watch`: the hub and its streams. */
export interface HubStatus {
  /** Milliseconds since 1970 by the hub's clock. */
  readonly at: number;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly state: string;
  /** Of the last second. */
  readonly predictionsPerSecond: number;
  /** Rows a batch, over the last second; absent without batches. */
  readonly meanBatchRows?: number;
  readonly queuedRows: number;
  readonly inFlight: number;
  readonly connections: number;
  readonly viewers: number;
  /** Models that answer, and what computes them. */
  readonly models: readonly { readonly model: string; readonly engine: string }[];
  /** Over the last ten seconds; absent without predictions or receipts. */
  readonly p50?: ReceiptParts;
  readonly p99?: ReceiptParts;
  readonly streams: readonly StreamDescription[];
}
