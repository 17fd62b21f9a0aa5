/**
 * The viewers of one stream at one pace. Each frame is encoded once; a viewer that is out of step is served
 * individually.
 */

import { MAX_FRAME_ITEMS } from '../../../shared/limits.js';
import type { CastItem } from '../../contracts/broker.js';
import type { Clock, Timer } from '../../contracts/clock.js';
import type { SharedEvent } from '../../contracts/streams.js';
import { castEvent } from '../shared-events.js';
import type { AgePace, StreamAges } from './ages.js';
import type { ItemSource, ItemViewer } from './item-viewer.js';

export interface PaceGroupParts {
  readonly source: ItemSource;
  readonly clock: Clock;
  readonly ages: StreamAges;
  /** Frames per second; undefined: as items come. */
  readonly rate: number | undefined;
  /**
   * Maximum items per frame. Without a rate the excess follows in further frames; with one, older items are skipped.
   */
  readonly frameItems: number;
  /** Called for a viewer that could not be sent everything it is owed. */
  readonly onBehind: (viewer: ItemViewer) => void;
}

/** Viewers served per event-loop turn: long turns starve new connections and other callers' predictions. */
const VIEWERS_A_TURN = 256;

export class PaceGroup {
  readonly #parts: PaceGroupParts;
  readonly #viewers = new Set<ItemViewer>();
  /** Offset up to which the group was served. */
  #served: number;
  #busy = false;
  #timer: Timer | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: PaceGroupParts) {
    this.#parts = parts;
    this.#served = parts.source.log.last;
  }

  get size(): number {
    return this.#viewers.size;
  }

  add(viewer: ItemViewer): void {
    this.#viewers.add(viewer);
  }

  remove(viewer: ItemViewer): void {
    this.#viewers.delete(viewer);
  }

  /** There is something new: serves the group at the end of this turn, or when its next frame is due. */
  wake(): void {
    if (this.#busy || this.#viewers.size === 0) return;
    this.#busy = true;
    const { clock, rate } = this.#parts;
    const dueMs = rate === undefined ? 0 : this.#flushedAt + 1000 / rate - clock.now();
    if (dueMs > 0) this.#timer = clock.setTimer(dueMs, () => this.#flush());
    else clock.immediate(() => this.#flush());
  }

  /** Stops serving. */
  close(): void {
    this.#timer?.cancel();
    this.#viewers.clear();
  }

  #flush(): void {
    const { source, clock, rate, frameItems } = this.#parts;
    const { log } = source;
    this.#flushedAt = clock.now();
    const after = this.#served;
    // Without a pace every item is sent: what does not fit one frame follows in the next.
    const to = rate === undefined ? Math.min(log.last, Math.max(after, log.first - 1) + MAX_FRAME_ITEMS) : log.last;
    const from = rate === undefined ? after + 1 : Math.max(after + 1, to - frameItems + 1);
    this.#served = to;
    const isWhole = from >= log.first && from <= to;
    const skipped = from - after - 1;
    const items = isWhole ? log.slice(from, to) : [];
    const event = isWhole ? castEvent(source, skipped, items) : undefined;
    this.#serve([...this.#viewers], 0, { items, event, skipped, after, to });
  }

  #serve(viewers: readonly ItemViewer[], start: number, frame: Frame): void {
    const now = this.#parts.clock.now();
    const end = Math.min(viewers.length, start + VIEWERS_A_TURN);
    const seen: Record<AgePace, number> = { live: 0, paced: 0, window: 0 };
    for (let i = start; i < end; i++) {
      const viewer = viewers[i];
      if (viewer === undefined || !this.#viewers.has(viewer)) continue;
      if (this.#serveOne(viewer, frame, now) && !viewer.hidden) seen[viewer.pace] += 1;
    }
    this.#parts.ages.sent('live', frame.items, seen.live);
    this.#parts.ages.sent('paced', frame.items, seen.paced);
    if (end < viewers.length) {
      this.#parts.clock.immediate(() => this.#serve(viewers, end, frame));
      return;
    }
    this.#busy = false;
    if (this.#served < this.#parts.source.log.last) this.wake();
  }

  /** True when it was sent the frame as it is. */
  #serveOne(viewer: ItemViewer, { event, skipped, after, to }: Frame, now: number): boolean {
    if (viewer.paused || viewer.offset >= to) return false;
    if (event !== undefined && viewer.offset === after && !viewer.exact && viewer.readiness(now) === 'ready') {
      viewer.sendFrame(event, skipped, to);
      return true;
    }
    // More came in one turn than is retained: without a pace that is a gap, not a skip.
    if (event === undefined && this.#parts.rate === undefined) viewer.exact = true;
    if (!viewer.catchUp(now, to)) this.#parts.onBehind(viewer);
    return false;
  }
}

interface Frame {
  readonly items: readonly CastItem[];
  readonly event: SharedEvent | undefined;
  /** Items it skips. */
  readonly skipped: number;
  /** The offset at which a viewer can use it. */
  readonly after: number;
  readonly to: number;
}
