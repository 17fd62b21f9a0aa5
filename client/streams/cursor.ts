/** Where a viewer stands in a stream: what comes next, what came before, what was left out. Knows no payloads. */

import type { StreamGap, StreamPosition } from '../../shared/stream-protocol.js';

export class StreamCursor {
  #position: StreamPosition | undefined;
  /** Where the hub said that it begins: good for asking again while nothing has come. */
  #start: StreamPosition | undefined;

  constructor(position: StreamPosition | undefined) {
    this.#position = position;
  }

  /** All up to it was handed over, skipped or reported as a gap. */
  get position(): StreamPosition | undefined {
    return this.#position ?? this.#start;
  }

  /** Takes the place where the hub begins to serve, while there is no place of one's own. */
  begin(position: StreamPosition | undefined): void {
    this.#start = position;
  }

  /** Offsets of this epoch follow. True when they follow another epoch that nobody ended: what was missed is not known. */
  enter(epoch: string): boolean {
    if (this.#position === undefined || this.#position.epoch === epoch) return false;
    this.reset();
    return true;
  }

  /** How many were left out before this offset of the epoch entered; negative when it has been seen. */
  leftOutBefore(offset: number): number {
    return this.#position === undefined ? 0 : offset - this.#position.offset - 1;
  }

  moveTo(epoch: string, offset: number): void {
    this.#position = { epoch, offset };
  }

  /** Takes a gap into account. False when it tells nothing new. */
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

  /** Forgets the place: what follows is a fresh snapshot. */
  reset(): void {
    this.#position = undefined;
    this.#start = undefined;
  }
}
