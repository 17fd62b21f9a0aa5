/**
 * What one viewer of a stream saw, in order, and whether that is complete: each offset once, or a gap that covers
 * exactly the missing ones.
 */

import type { StreamGap, StreamItem } from '../../shared/index.js';

export class StreamRecord {
  readonly #events: ({ readonly item: StreamItem; readonly epoch: string } | { readonly gap: StreamGap })[] = [];

  item(item: StreamItem, epoch: string): void {
    this.#events.push({ item, epoch });
  }

  gap(gap: StreamGap): void {
    this.#events.push({ gap });
  }

  get items(): StreamItem[] {
    return this.#events.flatMap((event) => ('item' in event ? [event.item] : []));
  }

  get gaps(): StreamGap[] {
    return this.#events.flatMap((event) => ('gap' in event ? [event.gap] : []));
  }

  /** Items reported missing by gaps. */
  get missed(): number {
    return this.gaps.reduce((sum, { missed }) => sum + (missed ?? 0), 0);
  }

  /**
   * What is wrong, as lines: offsets that repeat, are missing or out of order without a gap, a change of epoch without
   * one, items delivered twice.
   */
  problems(): string[] {
    const problems: string[] = [];
    const seen = new Set<string>();
    let epoch: string | undefined;
    let offset: number | undefined;
    for (const event of this.#events) {
      if ('gap' in event) {
        const { gap } = event;
        if (gap.reason !== 'evicted') {
          epoch = undefined;
          offset = undefined;
        } else {
          if (offset !== undefined && gap.from !== offset + 1) problems.push(`a gap from ${gap.from} after ${offset}`);
          if (gap.missed !== gap.to - gap.from + 1)
            problems.push(`a gap of ${gap.missed} from ${gap.from} to ${gap.to}`);
          offset = gap.to;
        }
        continue;
      }
      const { item } = event;
      if (epoch !== undefined && epoch !== event.epoch)
        problems.push(`epoch ${event.epoch} after ${epoch} without a gap`);
      else if (offset !== undefined && item.offset !== offset + 1)
        problems.push(`offset ${item.offset} after ${offset}`);
      epoch = event.epoch;
      offset = item.offset;
      const key = `${item.from} ${item.id} ${item.row}`;
      if (item.id !== undefined && seen.has(key)) problems.push(`request ${key} twice`);
      seen.add(key);
    }
    return problems;
  }
}
