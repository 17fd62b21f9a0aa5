/** Extracts the new items from `cast` frames: each once, in order, with the skips and gaps between them. */

import type { CastFrame, StreamGap, StreamItem, StreamPosition } from '../../shared/stream-protocol.js';
import { StreamCursor } from './cursor.js';
import { type FrameReader, type FrameSink, unannounced } from './frame-reader.js';
import { RepeatWindow } from './repeat-window.js';

export class ItemReader implements FrameReader<StreamItem> {
  readonly #cursor: StreamCursor;
  readonly #repeats = new RepeatWindow();

  constructor(position: StreamPosition | undefined) {
    this.#cursor = new StreamCursor(position);
  }

  get position(): StreamPosition | undefined {
    return this.#cursor.position;
  }

  begin(position: StreamPosition | undefined): void {
    this.#cursor.begin(position);
  }

  cast({ stream, epoch, items }: CastFrame, sink: FrameSink<StreamItem>): void {
    if (this.#cursor.enter(epoch)) sink.gap(unannounced(stream, epoch));
    for (const item of items) {
      const leftOut = this.#cursor.leftOutBefore(item.offset);
      if (leftOut < 0) continue;
      if (leftOut > 0 && sink.open) {
        this.#cursor.moveTo(epoch, item.offset - 1);
        sink.skipped(leftOut);
      }
      if (!sink.open) return;
      this.#cursor.moveTo(epoch, item.offset);
      if (this.#repeats.repeats(item)) sink.repeat();
      else sink.value(item, { epoch, offset: item.offset - 1 });
    }
  }

  aggregate(): void {}

  gap(gap: StreamGap, sink: FrameSink<StreamItem>): void {
    if (gap.epoch !== undefined && gap.reason === 'evicted' && this.#cursor.enter(gap.epoch)) {
      sink.gap(unannounced(gap.stream, gap.epoch));
    }
    if (this.#cursor.gap(gap) && sink.open) sink.gap(gap);
  }

  countOf(): number {
    return 1;
  }
}
