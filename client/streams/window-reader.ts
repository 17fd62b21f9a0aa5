/**
 * Extracts the new windows from `aggregate` frames: each once, in order, with the skips and gaps between them. Ordered
 * by offset, since a hub's clock may be set back or forward.
 */

import type { AggregateFrame, StreamGap, StreamPosition, StreamWindow } from '../../shared/stream-protocol.js';
import { StreamCursor } from './cursor.js';
import { type FrameReader, type FrameSink, unannounced } from './frame-reader.js';

export class WindowReader implements FrameReader<AggregateFrame> {
  readonly #cursor: StreamCursor;
  /** Start of the last window of this epoch: windows without items have no offset of their own. */
  #lastAt: number | undefined;
  /** What is missing after the last window was reported as a gap. */
  #afterGap = false;
  /** Just resubscribed: the hub may begin with windows that came before. */
  #resuming = false;

  constructor(position: StreamPosition | undefined) {
    this.#cursor = new StreamCursor(position);
  }

  get position(): StreamPosition | undefined {
    return this.#cursor.position;
  }

  begin(position: StreamPosition | undefined): void {
    this.#resuming = true;
    this.#cursor.begin(position);
  }

  cast(): void {}

  aggregate(frame: AggregateFrame, sink: FrameSink<AggregateFrame>): void {
    const { stream, epoch, windowMs } = frame;
    if (this.#cursor.enter(epoch)) {
      this.#lastAt = undefined;
      sink.gap(unannounced(stream, epoch));
    }
    const windows = frame.windows.filter((window) => this.#isNew(window));
    const [first, last] = [windows[0], windows.at(-1)];
    if (first === undefined || last === undefined) return;
    let skipped = this.#skippedBefore(first, frame);
    for (const [index, window] of windows.entries()) {
      const before = windows[index - 1];
      if (before !== undefined && leftOut(before.offset, window) > 0)
        skipped += windowsBetween(before.at, window.at, windowMs);
    }
    this.#resuming = false;
    if (skipped > 0 && sink.open) sink.skipped(skipped);
    if (!sink.open) return;
    this.#afterGap = false;
    this.#lastAt = last.at;
    this.#cursor.moveTo(epoch, last.offset);
    sink.value({ ...frame, skipped, windows }, { epoch, offset: Math.max(0, first.offset - first.count) });
  }

  gap(gap: StreamGap, sink: FrameSink<AggregateFrame>): void {
    if (gap.epoch !== undefined && gap.reason === 'evicted' && this.#cursor.enter(gap.epoch)) {
      this.#lastAt = undefined;
      sink.gap(unannounced(gap.stream, gap.epoch));
    }
    if (!this.#cursor.gap(gap) || !sink.open) return;
    if (gap.reason === 'evicted') this.#afterGap = true;
    else this.#lastAt = undefined;
    sink.gap(gap);
  }

  countOf(frame: AggregateFrame): number {
    return frame.windows.length;
  }

  /**
   * A window with items is identified by its offset. An empty one can only be a repeat after resubscribing, and is
   * identified by its time.
   */
  #isNew({ at, offset, count }: StreamWindow): boolean {
    const lastAt = this.#lastAt;
    const seen = this.#cursor.position?.offset;
    if (lastAt === undefined || seen === undefined) return true;
    if (count > 0) return offset > seen;
    return offset >= seen && (!this.#resuming || at > lastAt);
  }

  /** Windows skipped before the first of a frame: counted by the hub, unless its count was lost with a connection. */
  #skippedBefore(first: StreamWindow, { skipped, windowMs }: AggregateFrame): number {
    const seen = this.#cursor.position;
    if (this.#afterGap || this.#lastAt === undefined || seen === undefined) return 0;
    if (leftOut(seen.offset, first) <= 0) return skipped;
    return Math.max(skipped, windowsBetween(this.#lastAt, first.at, windowMs));
  }
}

/** Items between an offset and a window. */
function leftOut(offset: number, window: StreamWindow): number {
  return window.offset - window.count - offset;
}

/** Windows that fit between the starts of two, where items are missing: at least one, whatever the clock says. */
function windowsBetween(from: number, to: number, windowMs: number): number {
  return Math.max(1, Math.round((to - from) / windowMs) - 1);
}
