/**
 * One stream at this hub: publishes predictions to its log, reads that log, and serves its viewers, each at its own
 * pace.
 */

import type { StreamDescription, StreamPosition } from '../../shared/stream-protocol.js';
import type { Broker, CastItem, StreamLog, StreamReader } from '../contracts/broker.js';
import type { Clock } from '../contracts/clock.js';
import type { CastPrediction, CastSource, CastTarget, StreamPast } from '../contracts/streams.js';
import type { Viewer } from './viewer.js';
import type { StreamAges } from './viewers/ages.js';
import { ItemViewer } from './viewers/item-viewer.js';
import { PaceGroup } from './viewers/pace-group.js';
import { StreamWindows } from './windows/stream-windows.js';
import type { WindowViewer } from './windows/window-viewer.js';

export interface StreamParts {
  readonly name: string;
  /** `name@version`: the version may change, the name may not. */
  readonly model: string;
  readonly labels: readonly string[];
  readonly clock: Clock;
  readonly broker: Broker;
  readonly ages: StreamAges;
  readonly random: () => number;
  readonly explain: (stream: Stream, items: readonly CastItem[], done: () => void) => void;
  readonly onBehind: (viewer: Viewer) => void;
}

export class Stream implements CastTarget, StreamReader {
  readonly name: string;
  readonly log: StreamLog;
  readonly labels: readonly string[];
  /** `name@version` of the last prediction. */
  model: string;
  /** When a request for it was last accepted, on the core's clock: its prediction may be under way. */
  usedAt: number;
  readonly #parts: StreamParts;
  readonly #windows: StreamWindows;
  /** Keyed by pace and frame format. */
  readonly #groups = new Map<string, PaceGroup>();
  readonly #groupOf = new Map<ItemViewer, string>();
  readonly #viewers = new Set<ItemViewer | WindowViewer>();
  #lastAt: number;

  constructor(parts: StreamParts) {
    const { name, model, labels, clock, broker, ages, random, onBehind } = parts;
    this.name = name;
    this.model = model;
    this.labels = labels;
    this.#parts = parts;
    this.#lastAt = broker.now();
    this.log = broker.open(name, this);
    this.usedAt = clock.now();
    this.#windows = new StreamWindows(
      {
        name,
        epoch: this.epoch,
        labels,
        clock,
        ages,
        random,
        model: () => this.model,
        explain: (items, done) => parts.explain(this, items, done),
        onBehind,
      },
      this.#lastAt,
    );
  }

  get epoch(): string {
    return this.log.epoch;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  publish(prediction: CastPrediction, source: CastSource): void {
    this.log.publish(prediction, source);
  }

  fail(count: number): void {
    this.log.fail(count);
  }

  item(item: CastItem): void {
    this.#lastAt = item.item.at;
    this.model = item.item.model;
    this.#windows.add(item);
    for (const group of this.#groups.values()) group.wake();
  }

  failed(count: number, at: number): void {
    this.#windows.fail(count, at);
  }

  /** Closes the windows that are over at this time. */
  roll(at: number): void {
    this.#windows.roll(at);
  }

  /** The calendar jumped forward. */
  jump(before: number, after: number): void {
    this.#windows.jump(before, after);
  }

  /** True when a position belongs to this incarnation of the stream. */
  continues({ epoch, offset }: StreamPosition): boolean {
    return epoch === this.epoch && offset <= this.log.last;
  }

  /** Adds a viewer. It is owed what it missed since its position, or its history. Sends nothing yet. */
  add(viewer: ItemViewer | WindowViewer): void {
    this.#viewers.add(viewer);
    const { plan } = viewer;
    const position = plan.position !== undefined && this.continues(plan.position) ? plan.position : undefined;
    if (viewer instanceof ItemViewer) {
      const { first, last } = this.log;
      // With a pace, missed items are skipped; without one, all are owed.
      if (position !== undefined)
        viewer.enter(this, position.offset, plan.mode === 'all' && plan.maxRate === undefined);
      else viewer.enter(this, Math.max(first - 1, last - plan.history), true);
      this.repace(viewer);
      return;
    }
    const source = this.#windows.join(viewer, this.#parts.broker.now());
    if (position !== undefined) viewer.resume(source, position.offset);
    else viewer.enter(source, plan.history);
  }

  /** Moves an item viewer to the group of its pace. */
  repace(viewer: ItemViewer): void {
    const key = `${viewer.rate ?? 'live'}/${viewer.frameItems}`;
    if (this.#groupOf.get(viewer) !== key) {
      this.#leaveGroup(viewer);
      let group = this.#groups.get(key);
      if (group === undefined) {
        const { clock, ages, onBehind } = this.#parts;
        const { rate, frameItems } = viewer;
        group = new PaceGroup({ source: this, clock, ages, rate, frameItems, onBehind });
        this.#groups.set(key, group);
      }
      group.add(viewer);
      this.#groupOf.set(viewer, key);
    }
  }

  /** Sends a viewer what it is owed now. */
  settle(viewer: Viewer): void {
    if (!viewer.catchUp(this.#parts.clock.now())) this.#parts.onBehind(viewer);
  }

  remove(viewer: ItemViewer | WindowViewer): void {
    this.#viewers.delete(viewer);
    if (viewer instanceof ItemViewer) this.#leaveGroup(viewer);
    else this.#windows.leave(viewer);
  }

  /** Forgets all it has, and lets its viewers go; returns them. */
  erase(): readonly (ItemViewer | WindowViewer)[] {
    this.log.erase();
    this.close();
    const left = [...this.#viewers];
    for (const viewer of left) {
      this.remove(viewer);
      viewer.leave();
    }
    return left;
  }

  /** Stops its timers and its reading. */
  close(): void {
    this.log.close();
    for (const group of this.#groups.values()) group.close();
  }

  past(windowMs: number): StreamPast | undefined {
    const tally = this.#windows.past(windowMs);
    if (tally === undefined) return undefined;
    const windows = tally.closed.map(({ window }) => window);
    return { stream: this.name, epoch: this.epoch, model: this.model, windowMs, windows };
  }

  describe(): StreamDescription {
    return {
      stream: this.name,
      epoch: this.epoch,
      offset: this.log.last,
      model: this.model,
      ...(this.labels.length === 0 ? {} : { labels: this.labels }),
      rate: this.#windows.past(1000)?.closed.at(-1)?.window.rate ?? 0,
      viewers: this.#viewers.size,
      lastAt: this.#lastAt,
    };
  }

  #leaveGroup(viewer: ItemViewer): void {
    const key = this.#groupOf.get(viewer);
    if (key === undefined) return;
    this.#groupOf.delete(viewer);
    const group = this.#groups.get(key);
    group?.remove(viewer);
    if (group?.size !== 0) return;
    group.close();
    this.#groups.delete(key);
  }
}
