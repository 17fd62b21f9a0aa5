/** All windows of one stream: the bucket being filled, a tally per window length, and their viewers. */

import { WINDOW_STEP_MS } from '../../../shared/limits.js';
import type { SampleItem } from '../../../shared/stream-protocol.js';
import type { CastItem } from '../../contracts/broker.js';
import type { Clock } from '../../contracts/clock.js';
import type { SharedEvent } from '../../contracts/streams.js';
import { type StreamIdentity, sharedEvent } from '../shared-events.js';
import type { StreamAges } from '../viewers/ages.js';
import { WindowBucket } from './window-bucket.js';
import { type ClosedWindow, WindowTally } from './window-tally.js';
import type { WindowSource, WindowViewer } from './window-viewer.js';

export interface StreamWindowsParts extends StreamIdentity {
  /** `name@version` of the current model. */
  readonly model: () => string;
  readonly labels: readonly string[];
  readonly clock: Clock;
  readonly ages: StreamAges;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Finds the words that weighed most in these items; calls back soon, whether successful or not. */
  readonly explain: (items: readonly CastItem[], done: () => void) => void;
  /** Called for a viewer that could not be sent everything it is owed. */
  readonly onBehind: (viewer: WindowViewer) => void;
}

/** Kept even without viewers, so that newcomers see the past: five minutes in seconds, an hour in tens of seconds. */
const STANDING = [
  { windowMs: 1000, keep: 300 },
  { windowMs: 10_000, keep: 360 },
] as const;
/** Closed windows kept of other lengths, while they are viewed. */
const KEEP = 300;
/** After this many empty buckets at once the process was suspended: the missing windows are not filled in. */
const MAX_EMPTY_BUCKETS = 60_000 / WINDOW_STEP_MS;

interface Line {
  readonly tally: WindowTally;
  readonly source: WindowSource;
  readonly viewers: Set<WindowViewer>;
  readonly isStanding: boolean;
  /** Closed windows whose samples are being explained, oldest first. */
  readonly waiting: { isDone: boolean; readonly send: () => void }[];
}

export class StreamWindows {
  readonly #parts: StreamWindowsParts;
  readonly #lines = new Map<number, Line>();
  #bucket: WindowBucket;
  /** Index of the bucket: its start divided by its length. */
  #index: number;
  /** Offset of the stream's last item. */
  #offset = 0;

  /** @param at milliseconds since 1970. */
  constructor(parts: StreamWindowsParts, at: number) {
    this.#parts = parts;
    this.#bucket = new WindowBucket(parts.labels);
    this.#index = Math.floor(at / WINDOW_STEP_MS);
    for (const { windowMs, keep } of STANDING) this.#open(windowMs, keep, at, true);
  }

  /** Counts an item. */
  add(entry: CastItem): void {
    this.roll(entry.item.at);
    this.#offset = entry.offset;
    this.#bucket.add(entry, this.#parts.random);
  }

  /** Counts failed predictions at this time, in milliseconds since 1970. */
  fail(count: number, at: number): void {
    this.roll(at);
    this.#bucket.failed += count;
  }

  /** Closes the windows that are over at this time, in milliseconds since 1970. */
  roll(at: number): void {
    const index = Math.floor(at / WINDOW_STEP_MS);
    const steps = index - this.#index;
    if (steps <= 0) return;
    this.#close(this.#bucket, this.#index, index);
    // A late timer: nothing happened in between, and empty windows say so.
    if (steps <= MAX_EMPTY_BUCKETS) for (let i = this.#index + 1; i < index; i++) this.#close(undefined, i, index);
    this.#index = index;
    this.#bucket = new WindowBucket(this.#parts.labels);
  }

  /** The calendar jumps forward: nothing happened in between, and no window spans the jump. */
  jump(before: number, after: number): void {
    this.roll(before);
    const bucket = this.#bucket;
    for (const line of this.#lines.values()) {
      line.tally.add(bucket);
      if (line.tally.isOver(after)) this.#closeWindow(line, after, before);
    }
    this.#index = Math.floor(after / WINDOW_STEP_MS);
    this.#bucket = new WindowBucket(this.#parts.labels);
  }

  /** Past windows of this length, where any are kept. */
  past(windowMs: number): WindowTally | undefined {
    return this.#lines.get(windowMs)?.tally;
  }

  /** What viewers of this length are served from; created for the first of them. */
  join(viewer: WindowViewer, at: number): WindowSource {
    const { windowMs } = viewer.plan;
    const line = this.#lines.get(windowMs) ?? this.#open(windowMs, KEEP, at, false);
    line.viewers.add(viewer);
    return line.source;
  }

  leave(viewer: WindowViewer): void {
    const line = this.#lines.get(viewer.plan.windowMs);
    line?.viewers.delete(viewer);
    if (line?.viewers.size === 0 && !line.isStanding) this.#lines.delete(viewer.plan.windowMs);
  }

  #open(windowMs: number, keep: number, at: number, isStanding: boolean): Line {
    const { name, epoch, model, labels } = this.#parts;
    const tally = new WindowTally(windowMs, keep, labels, at, this.#offset);
    const frame = (skipped: number, windows: readonly string[]): SharedEvent =>
      sharedEvent(
        'aggregate',
        `{"stream":"${name}","epoch":"${epoch}","windowMs":${windowMs},"model":"${model()}","skipped":${skipped},"windows":[${windows.join(',')}]}`,
      );
    const source = { name, epoch, tally, frame };
    const line: Line = { tally, source, viewers: new Set(), isStanding, waiting: [] };
    this.#lines.set(windowMs, line);
    return line;
  }

  /** Adds a bucket, undefined for an empty one, to every length, and closes the windows that end with it. */
  #close(bucket: WindowBucket | undefined, index: number, nextIndex: number): void {
    const at = index * WINDOW_STEP_MS;
    for (const line of this.#lines.values()) {
      const { tally } = line;
      if (tally.isOver(at)) this.#closeWindow(line, at);
      if (bucket !== undefined) tally.add(bucket);
      const nextAt = tally.endsWith(at) ? at + WINDOW_STEP_MS : nextIndex * WINDOW_STEP_MS;
      const jumped = nextIndex - index > MAX_EMPTY_BUCKETS;
      if (tally.endsWith(at) || (jumped && tally.isOver(nextAt))) this.#closeWindow(line, nextAt);
    }
  }

  #closeWindow(line: Line, nextAt: number, cutAt?: number): void {
    const { tally, viewers } = line;
    const { samples } = tally;
    const closed = tally.close(this.#offset, nextAt, cutAt);
    if (viewers.size === 0) return;
    // In order, whichever is explained first.
    const entry = { isDone: samples.length === 0, send: () => this.#cast(line, closed, samples) };
    line.waiting.push(entry);
    const finish = (): void => {
      entry.isDone = true;
      while (line.waiting[0]?.isDone === true) line.waiting.shift()?.send();
    };
    if (entry.isDone) finish();
    else this.#parts.explain(samples, finish);
  }

  #cast(line: Line, closed: ClosedWindow, samples: readonly CastItem[]): void {
    const shown: readonly SampleItem[] = samples.map(({ sample }) => sample);
    const json = shown.length === 0 ? closed.json : JSON.stringify({ ...closed.window, samples: shown });
    const event = line.source.frame(0, [json]);
    const { clock, ages, onBehind } = this.#parts;
    const now = clock.now();
    let seen = 0;
    for (const viewer of line.viewers) {
      const served = viewer.serve(closed, event, now);
      if (served === 'behind') onBehind(viewer);
      else if (served === 'alone' && !viewer.hidden) seen += 1;
    }
    ages.sent('window', samples, seen);
  }
}
