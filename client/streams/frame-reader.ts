/** What a subscription needs of whatever turns frames into values. */

import type { AggregateFrame, CastFrame, StreamGap, StreamPosition } from '../../shared/stream-protocol.js';

/** Takes what a frame brings, in order. */
export interface FrameSink<Value> {
  /** False once the subscription has ended: a handler may end it in the middle of a frame. */
  readonly open: boolean;
  /** `before`: where the viewer stood without this value. */
  value(value: Value, before: StreamPosition): void;
  /** Left out by the pace: items or windows. */
  skipped(count: number): void;
  gap(gap: StreamGap): void;
  repeat(): void;
}

/** Keeps the place in a stream and drops what was seen. Frames that are not for its mode do nothing. */
export interface FrameReader<Value> {
  readonly position: StreamPosition | undefined;
  /** Where the hub says that it begins. */
  begin(position: StreamPosition | undefined): void;
  cast(frame: CastFrame, sink: FrameSink<Value>): void;
  aggregate(frame: AggregateFrame, sink: FrameSink<Value>): void;
  gap(gap: StreamGap, sink: FrameSink<Value>): void;
  /** Items or windows in a value. */
  countOf(value: Value): number;
}

/** The gap that nobody announced: frames of another epoch came. */
export function unannounced(stream: string, epoch: string): StreamGap {
  return { stream, epoch, reason: 'restarted', missed: null };
}
