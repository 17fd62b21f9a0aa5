/** Stream payloads on the wire: what viewers request and receive. PROTOCOL.md describes the same in prose. */

import type { WireError } from './errors.js';
import type { PredictionValue, ReceiptParts, RequestId, WordWeight } from './protocol.js';

/**
 * `all`: every item, in frames. `sample`: the newest item at each frame. `aggregate`: counts, means and receipts per
 * window.
 */
export type StreamMode = 'all' | 'sample' | 'aggregate';

/** A position in a stream: every item up to and including this offset has been seen. */
export interface StreamPosition {
  /**
   * A mark of the hub and a random part, drawn when the hub creates the stream. Offsets of different epochs are
   * unrelated.
   */
  readonly epoch: string;
  /** Offsets count from 1 without gaps; 0 is before the first item. */
  readonly offset: number;
}

/** Payload of `subscribe`. */
export interface SubscribeRequest {
  readonly stream: string;
  /** @default 'all' */
  readonly mode?: StreamMode;
  /** Maximum frames per second, 0.1 to 60; invalid with `aggregate`. @default no limit for `all`, 4 for `sample` */
  readonly maxRate?: number;
  /**
   * How many past items (windows for `aggregate`) to receive at once; 0 to 1,000. @default 20, or 60 for `aggregate`
   */
  readonly history?: number;
  /** For `aggregate`: window length in milliseconds, a multiple of 250 from 250 to 60,000. @default 1000 */
  readonly windowMs?: number;
  /**
   * Where an earlier subscription ended. Missed items come first; `gap` reports those no longer available. Replaces
   * `history`.
   */
  readonly position?: StreamPosition;
}

/** The answer to `subscribe`. */
export interface Subscribed {
  readonly stream: string;
  readonly mode: StreamMode;
  /** The viewer's position before the first frame; undefined until the stream is first published to. */
  readonly position?: StreamPosition;
  /** `name@version` whose predictions the stream carries, and its labels; absent until it is first published to. */
  readonly model?: string;
  readonly labels?: readonly string[];
}

/** One prediction as it is cast. */
export interface StreamItem {
  readonly offset: number;
  /** Time of the cast by the hub's clock, in milliseconds since 1970. Never earlier than the previous item's. */
  readonly at: number;
  /** From the hub's acceptance of the request to `at`, in milliseconds; absent when the hub measures no receipts. */
  readonly tookMs?: number;
  /** The publisher: a public mark of its session, stable across reconnects. */
  readonly from: string;
  /**
   * The request's id, if its session can resume. Together with `from` and `row` it identifies duplicates of a re-sent
   * request.
   */
  readonly id?: RequestId;
  /** Row index within its request, for a batch. */
  readonly row?: number;
  /** For a text model: the text, cut to 2,000 characters. */
  readonly text?: string;
  /** Length of the whole text in UTF-16 units; present when the text was cut. */
  readonly textLength?: number;
  readonly prediction: PredictionValue;
  readonly model: string;
  readonly label?: string;
  readonly score?: number;
}

/** Event `cast`: consecutive items of one stream, oldest first. */
export interface CastFrame {
  readonly stream: string;
  readonly epoch: string;
  /** Items skipped before the first of these, because of the viewer's pace or its slowness. */
  readonly skipped: number;
  readonly items: readonly StreamItem[];
}

/** A representative item of a window, with up to three of the words that weighed most. */
export interface SampleItem extends StreamItem {
  readonly words?: readonly WordWeight[];
}

/** What happened on a stream during one window. */
export interface StreamWindow {
  /**
   * Start of the window by the hub's clock, in milliseconds since 1970: a multiple of `windowMs`, later than the
   * previous window's.
   */
  readonly at: number;
  /** Offset of the last item before the window's end; the window holds the `count` items up to it. */
  readonly offset: number;
  readonly count: number;
  /** Predictions that produced no item, because the model failed or returned NaN or infinity. */
  readonly failed: number;
  /** Items per second. */
  readonly rate: number;
  /** Per label: how many items had it as their best label, and its mean score over all items. Empty without labels. */
  readonly labels: Readonly<Record<string, { readonly count: number; readonly mean: number }>>;
  /**
   * Receipts at the 50th and 99th percentile of `totalUs`: the mean parts of the items around it. Absent without items
   * or receipts.
   */
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
  /** Windows skipped before the first of these, because the viewer was hidden or slow. */
  readonly skipped: number;
  readonly windows: readonly StreamWindow[];
}

/**
 * Event `gap`: items that a viewer can no longer receive. `evicted`: `missed` items, `from` to `to`, have left the
 * ring. `restarted`: the hub or the stream started afresh. `moved`: this is another hub. In the last two cases the
 * number of missed items is unknown, and a fresh snapshot follows.
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
      /** The new epoch; undefined until the stream is published to again. */
      readonly epoch?: string;
      readonly reason: 'restarted' | 'moved';
      readonly missed: null;
    };

/** Event `unsubscribed`: the hub ended a subscription; carries the reason. */
export interface Unsubscribed extends WireError {
  readonly stream: string;
  /** The last position served: pass it as `position` when subscribing again. */
  readonly position?: StreamPosition;
}

/** Event `pace`, sent by a viewer. */
export interface PaceRequest {
  /**
   * True while the page is hidden: every subscription of this connection gets at most one frame per second, with the
   * newest items.
   */
  readonly hidden?: boolean;
  /** The subscription that `paused` applies to. */
  readonly stream?: string;
  /** True stops frames; false resumes with what was missed. */
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
  /** Items per second, over the last second. */
  readonly rate: number;
  readonly viewers: number;
  /** Time of the last cast, in milliseconds since 1970. */
  readonly lastAt: number;
}

/** Event `status`: the hub and its streams, once a second to everyone who sent `watch`. */
export interface HubStatus {
  /** Milliseconds since 1970 by the hub's clock. */
  readonly at: number;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly state: string;
  /** Over the last second. */
  readonly predictionsPerSecond: number;
  /** Mean rows per batch over the last second; absent without batches. */
  readonly meanBatchRows?: number;
  readonly queuedRows: number;
  readonly inFlight: number;
  readonly connections: number;
  readonly viewers: number;
  /** Models that answer, and the engine of each. */
  readonly models: readonly { readonly model: string; readonly engine: string }[];
  /** Over the last ten seconds; absent without predictions or receipts. */
  readonly p50?: ReceiptParts;
  readonly p99?: ReceiptParts;
  readonly streams: readonly StreamDescription[];
}
