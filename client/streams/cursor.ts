/** A viewer's position in a stream: detects repeats, skips and gaps. Knows no payloads. */

import type { StreamGap, StreamPosition } from '../../shared/stream-protocol.js';

export class StreamCursor {
  #position: StreamPosition | undefined;
  /** Where the hub said it begins: used for resubscribing while nothing has arrived. */
  #start: StreamPosition | undefined;

  constructor(position: StreamPosition | undefined) {
    this.#position = position;
  }

  /** Everything up to it was delivered, skipped or reported as a gap. */
  get position(): StreamPosition | undefined {
    return this.#position ?? this.#start;
  }

  /** Adopts the hub's starting position, unless there is a position already. */
  begin(position: StreamPosition | undefined): void {
    this.#start = position;
  }

  /** Enters an epoch. True when it follows another epoch that no gap ended: the number of missed items is unknown. */
  enter(epoch: string): boolean {
    if (this.#position === undefined || this.#position.epoch === epoch) return false;
    this.reset();
    return true;
  }

  /** How many items were skipped before this offset of the current epoch; negative when it was seen before. */
  leftOutBefore(offset: number): number {
    return this.#position === undefined ? 0 : offset - this.#position.offset - 1;
  }

  moveTo(epoch: string, offset: number): void {
    this.#position = { epoch, offset };
  }

  /** Takes a gap into account. False when it brings no news. */
  gap(gap: StreamGap): boolean {
    if (gap.reason !== 'evicted') {
      this.reset();
      return true;
    }
    const at = this.#position;
    if (at?.epoch === gap.epoch && gap.to <= at.offset) return false;
    this.moveTo(gap.epoch, gap.to);
    return true;
  }

  /** Forgets the position: a fresh snapshot follows. */
  reset(): void {
    this.#position = undefined;
    this.#start = undefined;
  }
}
