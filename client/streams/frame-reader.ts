/** What a subscription needs from the code that turns frames into values. */

import type { AggregateFrame, CastFrame, StreamGap, StreamPosition } from '../../shared/stream-protocol.js';

/** Receives the content of a frame, in order. */
export interface FrameSink<Value> {
  /** False once the subscription has ended: a handler may end it in the middle of a frame. */
  readonly open: boolean;
  /** `before`: the viewer's position before this value. */
  value(value: Value, before: StreamPosition): void;
  /** Skipped by the pace: items or windows. */
  skipped(count: number): void;
  gap(gap: StreamGap): void;
  repeat(): void;
}

/** Tracks the position in a stream and drops repeats. Ignores frames of other modes. */
export interface FrameReader<Value> {
  readonly position: StreamPosition | undefined;
  /** The hub's starting position. */
  begin(position: StreamPosition | undefined): void;
  cast(frame: CastFrame, sink: FrameSink<Value>): void;
  aggregate(frame: AggregateFrame, sink: FrameSink<Value>): void;
  gap(gap: StreamGap, sink: FrameSink<Value>): void;
  /** Items or windows in a value. */
  countOf(value: Value): number;
}

/** The gap implied by frames of another epoch, when none was announced. */
export function unannounced(stream: string, epoch: string): StreamGap {
  return { stream, epoch, reason: 'restarted', missed: null };
}
