/**
 * All streams of a hub: created by publishing, looked up, listed and expired. Also closes windows and serves slow
 * viewers periodically.
 */

import { type WireError, wireError } from '../../shared/errors.js';
import { WINDOW_STEP_MS } from '../../shared/limits.js';
import { modelNameOf } from '../../shared/parse.js';
import type { StreamDescription, StreamGap, StreamPosition } from '../../shared/stream-protocol.js';
import type { Allows } from '../contracts/access.js';
import type { Broker, CastItem } from '../contracts/broker.js';
import type { Clock, Timer } from '../contracts/clock.js';
import type { ModelSpec } from '../contracts/model.js';
import type { StreamEvent } from '../contracts/stream-events.js';
import type {
  Audience,
  ConnectionSubscriptions,
  StreamPast,
  StreamPublisher,
  StreamSubscriptions,
  ViewerSink,
} from '../contracts/streams.js';
import { gapEvent } from './shared-events.js';
import { Stream } from './stream.js';
import type { Viewer, ViewerLimits } from './viewer.js';
import { StreamAges } from './viewers/ages.js';
import { ConnectionViews } from './viewers/connection-views.js';
import type { ItemViewer } from './viewers/item-viewer.js';
import type { WindowViewer } from './windows/window-viewer.js';

export interface StreamsOptions extends ViewerLimits {
  /** Maximum number of streams. @default 100 */
  readonly maxStreams: number;
  /** A stream that is neither published to nor viewed for this long is removed; in milliseconds. @default 600000 */
  readonly streamIdleMs: number;
  /** Maximum subscriptions per connection. @default 16 */
  readonly maxSubscriptions: number;
}

/** Counts since the start, as plain numbers. */
export interface StreamCounts {
  /** Items that viewers were not sent, counted once per viewer: because of their pace, or because they were behind. */
  skippedItems: number;
  /** Subscriptions ended because the viewer did not read. */
  slowViewers: number;
}

/** Switches the hub's status on or off for a connection; with an audience, its own part of it. */
export type Watch = (sink: ViewerSink, on: boolean, audience?: Audience) => void;

export interface StreamsParts {
  readonly clock: Clock;
  readonly broker: Broker;
  /** From 0 to 1: for choosing samples. */
  readonly random: () => number;
  readonly options: StreamsOptions;
  readonly listener: (event: StreamEvent) => void;
  readonly watch: Watch;
}

/** Finds the words that weighed most; calls back soon, whether successful or not. */
export type Explain = (stream: Stream, items: readonly CastItem[], done: () => void) => void;

/**
 * How often a viewer that is behind is served, in milliseconds: at 256 KiB each time, a reader of 25 MB/s is not slowed
 * down.
 */
const BEHIND_MS = 10;
const EXPIRE_EVERY_MS = 1000;

export class Streams implements StreamPublisher, StreamSubscriptions {
  readonly options: StreamsOptions;
  readonly counts: StreamCounts = { skippedItems: 0, slowViewers: 0 };
  readonly ages: StreamAges;
  /** Set once, after construction, because it needs the hub and the hub needs the streams. */
  explain: Explain = (_stream, _items, done) => done();
  readonly #parts: StreamsParts;
  readonly #broker: Broker;
  readonly #streams = new Map<string, Stream>();
  /** Viewers of streams that do not exist yet. */
  readonly #waiting = new Map<string, Set<ItemViewer | WindowViewer>>();
  readonly #behind = new Set<Viewer>();
  #behindTimer: Timer | undefined;
  #tickTimer: Timer | undefined;
  #expiredAt: number;
  #closed = false;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.options = parts.options;
    this.#broker = parts.broker;
    this.ages = new StreamAges(() => parts.broker.now());
    this.#expiredAt = parts.clock.now();
    this.#tick();
  }

  open(name: string, model: ModelSpec): Stream | WireError {
    const stream = this.#streams.get(name);
    if (stream === undefined) return this.#make(name, model);
    const carried = modelNameOf(stream.model);
    if (carried === model.name) {
      stream.usedAt = this.#parts.clock.now();
      return stream;
    }
    const message = `stream "${name}" carries predictions of ${carried}, this request is for ${model.name}; use another stream name`;
    return wireError('STREAM_CONFLICT', message);
  }

  views(sink: ViewerSink, audience?: Audience): ConnectionSubscriptions {
    const watch = (on: boolean): void => this.#parts.watch(sink, on, audience);
    return new ConnectionViews(this, sink, watch, (event) => this.#parts.listener(event));
  }

  list(sees?: Allows): readonly StreamDescription[] {
    const all = [...this.#streams.values()];
    return (sees === undefined ? all : all.filter(({ name }) => sees(name))).map((stream) => stream.describe());
  }

  windows(name: string, windowMs: number): StreamPast | undefined {
    return this.#streams.get(name)?.past(windowMs);
  }

  erase(name: string): boolean {
    const stream = this.#streams.get(name);
    if (stream === undefined) return false;
    const left = stream.erase();
    this.#streams.delete(name);
    this.#parts.listener({ type: 'stream-erased', stream: name });
    for (const viewer of left) {
      this.#behind.delete(viewer);
      viewer.send(gapEvent({ stream: name, reason: 'restarted', missed: null }));
      this.add(viewer);
    }
    return true;
  }

  /** The time of streams, in milliseconds since 1970. Never steps back. */
  now(): number {
    return this.#broker.now();
  }

  /** Number of streams. */
  get size(): number {
    return this.#streams.size;
  }

  /** Number of subscriptions, including those to streams that do not exist yet. */
  get viewers(): number {
    let viewers = 0;
    for (const stream of this.#streams.values()) viewers += stream.viewers;
    for (const waiting of this.#waiting.values()) viewers += waiting.size;
    return viewers;
  }

  find(name: string): Stream | undefined {
    return this.#streams.get(name);
  }

  /** Adds a viewer to its stream, or has it wait for the stream. Sends nothing yet. */
  add(viewer: ItemViewer | WindowViewer): void {
    const stream = this.#streams.get(viewer.stream);
    if (stream !== undefined) return stream.add(viewer);
    const waiting = this.#waiting.get(viewer.stream);
    if (waiting === undefined) this.#waiting.set(viewer.stream, new Set([viewer]));
    else waiting.add(viewer);
  }

  /** The gap of a viewer whose position belongs to another incarnation of the stream; undefined otherwise. */
  gapOf(name: string, position: StreamPosition): StreamGap | undefined {
    const stream = this.#streams.get(name);
    if (stream?.continues(position)) return undefined;
    const reason = this.#broker.isOwn(position.epoch) ? 'restarted' : 'moved';
    return { stream: name, ...(stream === undefined ? {} : { epoch: stream.epoch }), reason, missed: null };
  }

  remove(viewer: ItemViewer | WindowViewer): void {
    viewer.ended = true;
    this.#behind.delete(viewer);
    const waiting = this.#waiting.get(viewer.stream);
    if (waiting?.delete(viewer)) {
      if (waiting.size === 0) this.#waiting.delete(viewer.stream);
    } else this.#streams.get(viewer.stream)?.remove(viewer);
  }

  /** Stops all timers. Viewers get nothing more. */
  close(): void {
    this.#closed = true;
    this.#tickTimer?.cancel();
    this.#behindTimer?.cancel();
    for (const stream of this.#streams.values()) stream.close();
    this.#broker.close();
  }

  #make(name: string, model: ModelSpec): Stream | WireError {
    const { clock, random, options, listener } = this.#parts;
    if (this.#streams.size >= options.maxStreams) {
      const message = `there are ${options.maxStreams} streams, as many as this hub takes; use one of them, or retry when one has expired`;
      return wireError('TOO_MANY_STREAMS', message, EXPIRE_EVERY_MS);
    }
    const stream = new Stream({
      name,
      model: model.ref,
      labels: model.labels ?? [],
      clock,
      broker: this.#broker,
      ages: this.ages,
      random,
      explain: (of, items, done) => this.explain(of, items, done),
      onBehind: (viewer) => this.#lookAfter(viewer),
    });
    this.#streams.set(name, stream);
    listener({ type: 'stream-opened', stream: name });
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    for (const viewer of waiting ?? []) {
      stream.add(viewer);
      stream.settle(viewer);
    }
    return stream;
  }

  /** Runs again at the next multiple of the window step. */
  #tick(): void {
    const { clock } = this.#parts;
    const before = this.#broker.now();
    const jumped = this.#broker.follow();
    const at = this.#broker.now();
    for (const stream of this.#streams.values()) {
      if (jumped) stream.jump(before, at);
      else stream.roll(at);
    }
    if (clock.now() - this.#expiredAt >= EXPIRE_EVERY_MS) this.#expire();
    if (!this.#closed) this.#tickTimer = clock.setTimer(WINDOW_STEP_MS - (at % WINDOW_STEP_MS), () => this.#tick());
  }

  #expire(): void {
    const now = this.#parts.clock.now();
    this.#expiredAt = now;
    for (const [name, stream] of this.#streams) {
      if (stream.viewers > 0 || now - stream.usedAt < this.options.streamIdleMs) continue;
      stream.close();
      this.#streams.delete(name);
      this.#parts.listener({ type: 'stream-expired', stream: name });
    }
  }

  #lookAfter(viewer: Viewer): void {
    if (viewer.ended || this.#closed) return;
    this.#behind.add(viewer);
    this.#serveBehindLater();
  }

  #serveBehindLater(): void {
    if (this.#behind.size === 0 || this.#closed) return;
    this.#behindTimer ??= this.#parts.clock.setTimer(BEHIND_MS, () => this.#serveBehind());
  }

  #serveBehind(): void {
    const now = this.#parts.clock.now();
    this.#behindTimer = undefined;
    for (const viewer of [...this.#behind]) {
      if (viewer.readiness(now) === 'cut') viewer.onCut();
      else if (viewer.catchUp(now)) this.#behind.delete(viewer);
    }
    this.#serveBehindLater();
  }
}
