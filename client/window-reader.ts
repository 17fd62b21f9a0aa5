/** From `aggregate` frames to the windows that are new: each once, in order, with what was left out between. */

import type { AggregateFrame, StreamGap, StreamPosition } from '../shared/stream-protocol.js';
import { type FrameReader, type FrameSink, unannounced } from './frame-reader.js';
import { StreamCursor } from './stream-cursor.js';

export class WindowReader implements FrameReader<AggregateFrame> {
  readonly #cursor: StreamCursor;
  /** Start of the last window of this epoch: windows without items have no offset of their own. */
  #lastAt: number | undefined;
  /** What is missing after the last window was reported as a gap. */
  #afterGap = false;

  constructor(position: StreamPosition | undefined) {
    this.#cursor = new StreamCursor(position);
  }

  get position(): StreamPosition | undefined {
    return this.#cursor.position;
  }

  begin(position: StreamPosition | undefined): void {
    this.#cursor.begin(position);
  }

  cast(): void {}

  aggregate(frame: AggregateFrame, sink: FrameSink<AggregateFrame>): void {
    const { stream, epoch, windowMs } = frame;
    if (this.#cursor.enter(epoch)) {
      this.#lastAt = undefined;
      sink.gap(unannounced(stream, epoch));
    }
    const { last, windows } = this.#unseen(frame);
    if (windows[0] === undefined || last === undefined) return;
    let skipped = 0;
    let previous = this.#afterGap ? undefined : this.#lastAt;
    for (const { at } of windows) {
      if (previous !== undefined) skipped += Math.max(0, Math.round((at - previous) / windowMs) - 1);
      previous = at;
    }
    if (skipped > 0 && sink.open) sink.skipped(skipped);
    if (!sink.open) return;
    this.#afterGap = false;
    this.#lastAt = last.at;
    this.#cursor.moveTo(epoch, last.offset);
    const { offset, count } = windows[0];
    sink.value({ ...frame, skipped, windows }, { epoch, offset: Math.max(0, offset - count) });
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

  #unseen({ windows }: AggregateFrame) {
    const lastAt = this.#lastAt ?? Number.NEGATIVE_INFINITY;
    return { windows: windows.filter(({ at }) => at > lastAt), last: windows.at(-1) };
  }
}
