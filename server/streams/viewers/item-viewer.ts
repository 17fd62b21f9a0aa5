/**
 * A viewer of items, in mode `all` or `sample`: how far it has been served, and how it catches up when it is not in
 * step with its group.
 */

import { MAX_FRAME_ITEMS } from '../../../shared/limits.js';
import type { SubscribePlan } from '../../../shared/parse-stream.js';
import type { StreamPosition } from '../../../shared/stream-protocol.js';
import type { CastItem, StreamLog } from '../../contracts/broker.js';
import type { SharedEvent, ViewerSink } from '../../contracts/streams.js';
import { castEvent, gapEvent, type StreamIdentity } from '../shared-events.js';
import { Viewer, type ViewerLimits } from '../viewer.js';
import type { AgePace, StreamAges } from './ages.js';

/** What an item viewer needs from its stream. */
export interface ItemSource extends StreamIdentity {
  readonly log: Pick<StreamLog, 'first' | 'last' | 'slice'>;
}

/** After not reading for longer than this, in milliseconds, a viewer gets the newest items instead of every item. */
const CONFLATE_AFTER_MS = 1000;

/** Where it is counted what item viewers are sent, and what they are not. */
export interface ItemCounts {
  readonly counts: { skippedItems: number };
  readonly ages: StreamAges;
}

export class ItemViewer extends Viewer {
  readonly plan: SubscribePlan;
  readonly #counts: { skippedItems: number };
  readonly #ages: StreamAges;
  /** The newest item published before it could see what is published. */
  #past = 0;
  #source: ItemSource | undefined;
  /** Offset of the last item sent or skipped. */
  offset = 0;
  /** True while it is owed every item up to the newest: history, or those since its position. */
  exact = true;

  constructor(plan: SubscribePlan, sink: ViewerSink, limits: ViewerLimits, { counts, ages }: ItemCounts) {
    super(plan.stream, sink, limits);
    this.plan = plan;
    this.#counts = counts;
    this.#ages = ages;
  }

  /** The stream exists: the viewer is at this offset and is owed what follows. */
  enter(source: ItemSource, offset: number, exact: boolean): void {
    this.#source = source;
    this.offset = offset;
    this.exact = exact;
    this.look();
  }

  leave(): void {
    this.#source = undefined;
    this.offset = 0;
    this.#past = 0;
  }

  /** From now on it can see what is published: the age of what was published before is not the hub's. */
  look(): void {
    this.#past = this.#source?.log.last ?? 0;
  }

  get pace(): AgePace {
    return this.plan.mode === 'sample' || this.plan.maxRate !== undefined ? 'paced' : 'live';
  }

  get position(): StreamPosition | undefined {
    return this.#source && { epoch: this.#source.epoch, offset: this.offset };
  }

  /** Frames per second while visible; undefined: no limit. */
  get rate(): number | undefined {
    return this.hidden ? Math.min(1, this.plan.maxRate ?? 1) : this.plan.maxRate;
  }

  /** Maximum items per frame when some are skipped. */
  get frameItems(): number {
    return this.plan.mode === 'sample' || this.hidden ? 1 : MAX_FRAME_ITEMS;
  }

  /** @param to where its group stands. @default the newest item */
  catchUp(now: number, to = this.#source?.log.last ?? 0): boolean {
    const source = this.#source;
    if (source === undefined || this.ended || this.paused) return true;
    while (this.offset < to) {
      if (this.readiness(now) !== 'ready') return false;
      if (this.exact || this.#isOwedNext(source)) this.#sendNext(source, to);
      else this.#sendNewest(source, to);
    }
    this.exact = false;
    this.wasBehindMs = 0;
    return true;
  }

  /** Sends a frame preceded by `skipped` items; its offset becomes `to`. */
  sendFrame(event: SharedEvent, skipped: number, to: number): void {
    this.#counts.skippedItems += skipped;
    this.offset = to;
    this.send(event);
  }

  /** A burst fills a connection for a moment: a viewer of every item still gets it, while it is retained. */
  #isOwedNext({ log }: ItemSource): boolean {
    const wantsAll = this.rate === undefined && this.frameItems > 1;
    return wantsAll && this.wasBehindMs < CONFLATE_AFTER_MS && this.offset + 1 >= log.first;
  }

  /** Sends the next items in order; evicted ones become a gap. */
  #sendNext(source: ItemSource, to: number): void {
    const { name: stream, epoch, log } = source;
    const from = this.offset + 1;
    if (from < log.first) {
      const last = log.first - 1;
      this.send(gapEvent({ stream, epoch, reason: 'evicted', missed: last - from + 1, from, to: last }));
      this.offset = last;
      return;
    }
    const items = log.slice(from, Math.min(to, from + MAX_FRAME_ITEMS - 1));
    this.send(castEvent(source, 0, items));
    this.#sent(items);
    this.offset += items.length;
  }

  #sendNewest(source: ItemSource, to: number): void {
    const { log } = source;
    const from = Math.max(this.offset + 1, log.first, to - this.frameItems + 1);
    const skipped = from - this.offset - 1;
    const items = log.slice(from, to);
    this.sendFrame(castEvent(source, skipped, items), skipped, to);
    this.#sent(items);
  }

  #sent(items: readonly CastItem[]): void {
    if (this.hidden) return;
    const seen = items.findIndex(({ offset }) => offset > this.#past);
    if (seen >= 0) this.#ages.sent(this.pace, seen === 0 ? items : items.slice(seen));
  }
}
